"""Lakes of letters of our own making, published without a run: what the explorer reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.partitions import letter_partition
from imr.lake.transaction import writing
from imr.publication.batch_steps.extract import record_tables
from imr.publication.batch_steps.ocr_cleanup import reading_rows, text_rows
from imr.publication.batch_steps.section_split import section_rows
from imr.publication.run_summary import note_commit
from imr.records import LetterRef
from imr.steps import clean_letter, split_letter
from imr.steps.extract import extract_letter
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.tables.declaration import LETTER_TABLES, TABLES

NOW = pa.scalar(0, pa.timestamp("us", "UTC"))


def letters(seed: int, count: int) -> dict[str, str]:
    """Some letters by the names of their files."""
    made = [compose(seed, number) for number in range(count)]
    return {f"{letter.name}.txt": text_of(letter) for letter in made}


def publish(
    lake: LakeLayout, texts: dict[str, str], folder: Path, run_id: str = "a-run", gone: Mapping[str, str] | None = None
) -> str:
    """Publish letters in one commit, whose id is returned; those that go with it are given by id and case number."""
    tables = _tables(texts, folder, run_id)
    numbers = dict(
        zip(*(tables["documents"][name].to_pylist() for name in ("document_id", "case_number")), strict=True)
    ) | dict(gone or {})
    with writing(lake, run_id) as transaction:
        for table in LETTER_TABLES:
            places = {id_: letter_partition(table, id_, number) for id_, number in numbers.items()}
            for place in set(places.values()):
                ids = pa.array([id_ for id_, its in places.items() if its == place])
                of_place = pc.is_in(tables[table.name]["document_id"], value_set=ids)
                transaction.upsert(place, tables[table.name].filter(of_place), ids)
        note_commit(transaction, "ingest", run_id=run_id)
        transaction.commit()
        return transaction.commit_id


def _tables(texts: dict[str, str], folder: Path, run_id: str) -> dict[str, pa.Table]:
    folder.mkdir(exist_ok=True)
    read = [_read(folder / name, text) for name, text in texts.items()]
    cleaned, split, records = ([(ref, each[n]) for ref, *each in read] for n in range(3))
    clean = {ref.document_id: letter.clean for ref, letter in cleaned}
    sections = section_rows(split, clean)
    counts = {ref.document_id: len(parts.letter.sections) for ref, parts in split}
    sizes = {document_id: len(each.text) for document_id, each in clean.items()}
    made = record_tables(records, reading_rows(cleaned), sizes, counts, step_versions())
    documents = made["documents"]
    for name, value in (("run_id", pa.scalar(run_id)), ("first_seen_at", NOW)):
        if name not in documents.column_names:
            documents = documents.append_column(name, pa.array([value.as_py()] * documents.num_rows, value.type))
    made |= {"documents": documents, "texts": text_rows(cleaned), "sections": sections}
    return {name: rows.select(TABLES[name].schema.names).cast(TABLES[name].schema) for name, rows in made.items()}


def _read(file: Path, text: str) -> tuple[Any, ...]:
    file.write_text(text, encoding="utf-8")
    document_id = hashlib.sha256(file.read_bytes()).hexdigest()
    ref = LetterRef(document_id, ".txt", file.as_uri(), file.name, file.stat().st_size)
    cleaned = clean_letter(file)
    parts = split_letter(cleaned.clean.text)
    return ref, cleaned, parts, extract_letter(cleaned.clean, parts.letter, file.name)
