"""Letters that no table can hold as they are, beside good ones: each is published with nulls, or ends by itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from imr.lake.layout import LakeLayout
from imr.publication.run_summary import RunSummary
from imr.upkeep.doctor import examine
from tests.flows.helpers import rows, run

GOOD = 13
BEGINNING, ITEM = "Prescription of", (
    "{}: Upheld\nClaims Administrator guideline: Decision based on MTUS.\nMAXIMUS guideline: Decision based on MTUS.\n"
    "Decision rationale: The request is not medically necessary.\n"
)  # fmt: skip
ENDLESS = "9" * 5000

PUBLISHED = {
    "a number too large": ["Ultrasound therapy 200 x 200"],
    "a sum too large": ["Acupuncture " + " and ".join(["9999 visits"] * 4)],
    "a product too large": ["Physical therapy 7 times a week for 9999 weeks"],
    "40,000 pages": ["Cane" + "\f" * 40_000],  # the title is then page furniture, and the item has none
    "digits without end": [f"Physical therapy {ENDLESS} visits"],
    "endless figures in all places": [f"{ENDLESS}. Cane {ENDLESS} x {ENDLESS} #{ENDLESS}"],
}
"""Titles of the items of letters that are published, with what cannot be held left out."""

REFUSED = {"9,000 items": [f"Cane {number}" for number in range(9000)]}


def _monster(titles: list[str], head: str) -> str:
    return head + "".join(ITEM.format(title) for title in titles)


@pytest.fixture(scope="module")
def lake(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    """Monsters and good letters in one batch."""
    root = tmp_path_factory.mktemp("monsters")
    sample = (landing / "CM18-0900000.txt").read_text(encoding="utf-8")
    head = sample[: sample.index(BEGINNING)]
    (root / "in").mkdir()
    for name, titles in (PUBLISHED | REFUSED).items():
        (root / "in" / f"{name}.txt").write_text(_monster(titles, head), encoding="utf-8")
    good = [path for path in sorted(landing.glob("*.*")) if path.stem[:3] not in ("dam", "par", "sca")][:GOOD]
    for path in good:
        shutil.copy(path, root / "in")
    _, summary = run(root / "lake", root / "in")
    return root / "lake", summary


def _documents(lake: Path) -> Mapping[str, dict[str, object]]:
    return {str(row["source_name"]).removesuffix(".txt"): row for row in rows(lake, "documents")}


def test_good_letters_beside_them_are_published(lake: tuple[Path, RunSummary]) -> None:
    assert lake[1].files_published == GOOD + len(PUBLISHED)
    assert len(_documents(lake[0]).keys() - PUBLISHED.keys()) == GOOD
    assert examine(LakeLayout(lake[0])).findings == ()


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_no_column_holds_is_null_and_warned_of(lake: tuple[Path, RunSummary], name: str) -> None:
    document = _documents(lake[0])[name]
    assert "number_too_large" in document["warnings"]  # type: ignore[operator]
    (decision,) = (row for row in rows(lake[0], "decisions") if row["document_id"] == document["document_id"])
    assert (decision["visits"], decision["quantity"], decision["refills"]) == (None, None, None)
    values = [row for row in rows(lake[0], "provenance") if row["document_id"] == document["document_id"]]
    assert not {"visits", "quantity", "refills"} & {row["field"] for row in values}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_table_can_number_ends_by_its_own_code(lake: tuple[Path, RunSummary], name: str) -> None:
    ended = {entry.source_name.removesuffix(".txt"): entry for entry in lake[1].quarantined}
    assert (ended.keys(), ended[name].error_code, ended[name].is_poison) == ({*REFUSED}, "too_many_parts", True)


def test_pages_beyond_the_last_that_is_numbered_are_null(lake: tuple[Path, RunSummary]) -> None:
    document = _documents(lake[0])["40,000 pages"]
    sections = [row for row in rows(lake[0], "sections") if row["document_id"] == document["document_id"]]
    assert [row["page_first"] for row in sections if row["section"] == "header"] in ([], [1])
    assert None in {row["page_last"] for row in sections}
