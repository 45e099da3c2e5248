"""A lake of many letters, drawn by a seed: rows as a run might publish them, without the letters."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from imr.aggregation.aggregates import aggregate
from imr.lake.files import write_parquet
from imr.lake.layout import LakeLayout, Partition, single_file
from imr.lake.partitions import letter_partition
from imr.lake.public import read_table
from imr.tables.declaration import TABLES
from tests.table_rows import rows_of

LETTERS = 20_000

Row = dict[str, Any]


@pytest.fixture(scope="session")
def many_letters(tmp_path_factory: pytest.TempPathFactory) -> LakeLayout:
    """A lake of `LETTERS` letters in a handful of partitions, with its summaries."""
    lake = LakeLayout(tmp_path_factory.mktemp("many") / "lake")
    drawn = random.Random(7)
    made: dict[str, list[Row]] = {name: [] for name in ("documents", "cases", "decisions", "drugs", "citations")}
    for number in range(LETTERS):
        for table, row in _letter(drawn, number):
            made[table].append(row)
    for name, letters in made.items():
        _write(lake, letter_partition(TABLES[name], "0" * 64, "CM17-0000001"), rows_of(TABLES[name], *letters))
    for name, summary in aggregate(lambda table, columns: read_table(lake, table, columns)).items():
        _write(lake, single_file(name), summary)
    return lake


def _write(lake: LakeLayout, partition: Partition, rows: pa.Table) -> None:
    lake.file(partition).parent.mkdir(parents=True, exist_ok=True)
    write_parquet(rows, lake.file(partition))


def _letter(drawn: random.Random, number: int) -> Iterator[tuple[str, Row]]:
    """The rows of one letter, each with its table."""
    key = {"document_id": f"{number:064x}"}
    year = drawn.choice([None, *range(2013, 2025)])
    decided = year and dt.date(year, 1, 1) + dt.timedelta(days=drawn.randrange(365))
    latest = drawn.random() < 0.95
    warnings = drawn.sample(["dates_out_of_order", "ocr_low_confidence"], drawn.randrange(3))
    yield "documents", key | {"warnings": warnings, "letter_format": drawn.choice("123"), "case_year": year}
    items = drawn.randrange(1, 5)
    specialties = drawn.sample(["Pain Management", "Orthopedic Surgery", "Psychiatry"], drawn.randrange(3))
    states = drawn.sample(["CA", "NY", "TX"], drawn.randrange(3))
    yield "cases", key | {
        "case_year": year, "decision_date": decided, "decision_count": items, "is_latest": latest,
        "outcome": drawn.choice(["upheld", "overturned", "mixed"]),
        "reviewer_specialty_names": specialties, "reviewer_licensed_states": states,
    }  # fmt: skip
    for item in range(1, items + 1):
        numbered = key | {"decision_number": item}
        outcome = drawn.choices(["upheld", "overturned", "partially_overturned"], [90, 8, 2])[0]
        yield "decisions", numbered | {
            "case_year": year, "decision_date": decided, "is_latest": latest, "outcome": outcome,
            "treatment_category": drawn.choice([None, "Surgery", "Pharmaceuticals"]),
            "treatment_subcategory": drawn.choice([None, "Opioids", "Spine"]),
            "body_parts": drawn.sample(["knee", "hip", "lumbar spine"], drawn.randrange(3)),
            "authorized_portion": drawn.choice([None, None, "2 visits"]),
            "rationale": drawn.choice([None, f"Words of {number}", "The same words", "the  SAME words"]),
        }  # fmt: skip
        told = {"outcome": outcome, "is_latest": latest}
        for drug in range(1, drawn.randrange(3)):
            names = {
                "ingredient": drawn.choice([None, "naproxen", "oxycodone"]),
                "drug_class": drawn.choice([None, "NSAID"]),
            }
            yield "drugs", numbered | told | names | {"drug_number": drug, "product": drawn.choice("ab")}
        for citation in range(1, drawn.randrange(4)):
            cited = {
                "cited_by": drawn.choice(["reviewer", "claims_administrator"]),
                "source": drawn.choice(["MTUS", "ODG"]),
                "guideline": drawn.choice([None, "x"]),
            }
            yield "citations", numbered | told | cited | {"citation_number": citation}


@pytest.fixture(scope="session")
def samples_lake(lake_folder: Path) -> LakeLayout:
    """The lake of the sample letters; not to be changed."""
    return LakeLayout(lake_folder)
