"""The rows of a search as files: those of `decisions` as they stand in the tables, with the search and the commit."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from imr.explorer.generation import Generation
from imr.explorer.rows import KEY
from imr.explorer.search import Search, query_of
from imr.lake.files import PARQUET_OPTIONS
from imr.tables.spreadsheets import safe_cell

Form = Literal["csv", "xlsx", "parquet"]
FORMS: tuple[Form, ...] = get_args(Form)

MEDIA: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
MOST_ROWS_OF_A_SHEET = 1_048_575
_MOST_LETTERS_OF_A_CELL = 32_767

_SQL = f"""
SELECT d.*, $search AS search, $commit_id AS commit_id
FROM read_parquet($files, hive_partitioning = false) d
WHERE {KEY} IN (SELECT key FROM keys)
ORDER BY decision_date, document_id, decision_number
"""


@contextmanager
def rows_of(index: Generation, search: Search) -> Iterator[pa.RecordBatchReader]:
    """All rows that a search finds, not only those of its page."""
    files = [str(index.tables.file(partition)) for partition in index.tables.partitions("decisions")]
    said = {"files": files, "search": search.but(compare="", sort="").address, "commit_id": index.manifest.commit_id}
    with duckdb.connect(config={"threads": "2"}) as connection:
        connection.register("keys", pa.table({"key": _keys(index, search)}))
        yield pa.RecordBatchReader.from_stream(connection.sql(_SQL, params=said))


def _keys(index: Generation, search: Search) -> pa.Array:
    found = index.searcher.search(query_of(index.index, search), max(index.searcher.num_docs, 1), order_by_field="day")
    addresses = [address for _, address in found.hits]
    return pa.array(index.searcher.fast_field_values("key", addresses), pa.uint64())


def write(rows: pa.RecordBatchReader, form: Form, path: Path) -> None:
    """Write rows to a new file."""
    {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}[form](rows, path)


def _write_csv(rows: pa.RecordBatchReader, path: Path) -> None:
    """CSV that a spreadsheet may open safely."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows.schema.names)
        for batch in rows:
            writer.writerows([safe_cell(cell) for cell in row.values()] for row in batch.to_pylist())


def _write_parquet(rows: pa.RecordBatchReader, path: Path) -> None:
    """Parquet as the tables have it."""
    with pq.ParquetWriter(path, rows.schema, **PARQUET_OPTIONS) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _write_xlsx(rows: pa.RecordBatchReader, path: Path) -> None:
    """A workbook in which every text is a text: no formula, no link. A text too long for a cell is cut, with a mark."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with Workbook(path, options) as book:
        sheet = book.add_worksheet("decisions")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(rows.schema.names):
            sheet.write_string(0, column, name, book.add_format({"bold": True}))
        all_rows = (row for batch in rows for row in batch.to_pylist())
        for line, row in enumerate(all_rows, 1):
            for column, cell in enumerate(row.values()):
                _write(sheet, line, column, cell)


def _write(sheet: Worksheet, line: int, column: int, cell: object) -> None:
    match cell:
        case None:
            pass
        case bool():
            sheet.write_boolean(line, column, cell)
        case int() | float():
            sheet.write_number(line, column, cell)
        case dt.date():
            sheet.write_datetime(line, column, cell)
        case _:
            text = "; ".join(map(str, cell)) if isinstance(cell, list) else str(cell)
            cut = text if len(text) <= _MOST_LETTERS_OF_A_CELL else f"{text[: _MOST_LETTERS_OF_A_CELL - 2]} …"
            sheet.write_string(line, column, cut)
