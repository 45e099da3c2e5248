"""Parquet and JSONL with a column of texts: each row is a letter that somebody else has read already."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice, repeat
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote_to_bytes, urlencode, urlsplit

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from imr.errors import Code, ListingError, SourceError, UnreadableError
from imr.reading.media import MAX_BYTES
from imr.sources.folders import absolute, stamp_at
from imr.sources.forward import Forward, Part
from imr.sources.listing import MAX_ENTRIES, SourceFile, too_large

SUFFIXES = (".parquet", ".jsonl", ".ndjson")
"""Names of tables that can be read."""

TEXT_COLUMNS = ("text", "raw_text", "clean_text", "content", "body")
"""Columns that are taken for the letters' texts, the first that is there, unless the address names one."""

NAME_COLUMNS = ("source_name", "file_name", "name", "case_number")
"""Columns that are taken for the letters' names; there need not be any."""

_ROWS_AT_ONCE = 64
_NAMES_AT_ONCE = 16_384
_LONGEST_NAME = 1000  # characters from its end that are looked at
_ROWS_LOOKED_AT = 1000  # of JSONL, for its columns: a row leaves out what it has no value for


def is_table(path: Path) -> bool:
    """Whether a file's name is that of a table that can be read."""
    return path.name.lower().endswith(SUFFIXES)


def list_table(path: Path, text: str = "", name: str = "") -> Iterator[SourceFile]:
    """The rows of a table, by the columns given or by those of usual names.

    Raises:
        ListingError: `listing_changed`: there is no column of that name; `source_unreadable`: it is no such table;
            `listing_too_large`.
    """
    path = absolute(path)
    kind, stamp = ("parquet" if path.suffix.lower() == ".parquet" else "jsonl"), stamp_at(path)
    try:
        columns = _columns(path)
        text_column = _chosen(columns, text, TEXT_COLUMNS)
        if text_column is None:
            raise ListingError(Code.LISTING_CHANGED, f"{path.name} has no column {text or 'of texts'}")
        name_column = _chosen(columns, name, NAME_COLUMNS)
        address = f"{kind}+{path.as_uri()}#{urlencode({'text': text_column})}&row="
        for row, given in enumerate(_names(path, name_column)):
            shown = _shown_name(given) if given else f"{path.stem}-{row:07d}.txt"
            yield SourceFile(f"{address}{row}", shown, stamp)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise ListingError(Code.SOURCE_UNREADABLE, f"{path.name} is no table ({type(error).__name__})") from error


def read_row(uri: str) -> tuple[bytes, str]:
    """The text of one row as UTF-8, and the stamp of the table it was read from.

    Raises:
        SourceError: `source_missing`: the row or the table is not there any more.
        UnreadableError: `archive_damaged`: the row holds no text; `file_too_large`.
    """
    parts = urlsplit(uri)
    path, asked = Path(os.fsdecode(unquote_to_bytes(parts.path))), parse_qs(parts.fragment)
    stamp = stamp_at(path)
    try:
        return _opened(path, asked["text"][0], stamp).read(asked["row"][0]), stamp
    except FileNotFoundError as error:
        raise SourceError(Code.SOURCE_MISSING, "the table is gone") from error
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise UnreadableError(Code.ARCHIVE_DAMAGED, f"the table is damaged ({type(error).__name__})") from error


def _chosen(columns: Sequence[str], asked: str, usual: Sequence[str]) -> str | None:
    wanted = [asked] if asked else usual
    return next((column for column in wanted if column in columns), None)


def _columns(path: Path) -> list[str]:
    if path.suffix.lower() == ".parquet":
        with pq.ParquetFile(path) as file:
            return [str(name) for name in file.schema_arrow.names]
    rows = [_row(line) for line in islice(_lines(path), _ROWS_LOOKED_AT) if line]
    if rows and not any(row is not None for row in rows):
        raise ValueError("no line is JSON")
    return list(dict.fromkeys(column for row in rows for column in row or ()))


def _shown_name(given: object) -> str:
    name = PurePosixPath(str(given)[-_LONGEST_NAME:]).name
    return name if name.lower().endswith((".txt", ".pdf")) else f"{name}.txt"


def _names(path: Path, column: str | None) -> Iterator[object]:
    """The value of a column in each row, None where there is none."""
    if path.suffix.lower() == ".parquet":
        # Kept as a dictionary, a name that stands in every row is one name in memory too.
        with pq.ParquetFile(path, read_dictionary=[column] if column else None) as file:
            if file.metadata.num_rows > MAX_ENTRIES:
                raise too_large()
            if column is None:
                yield from repeat(None, file.metadata.num_rows)
            else:
                for batch in file.iter_batches(batch_size=_NAMES_AT_ONCE, columns=[column]):
                    yield from _values(batch.column(0))
        return
    for line in _lines(path):
        yield _value(line, column) if column and line else None


def _values(column: pa.Array) -> Iterator[object]:
    if not isinstance(column, pa.DictionaryArray):
        return iter(column.to_pylist())
    names = column.dictionary.to_pylist()
    return (None if index is None else names[index] for index in column.indices.to_pylist())


def _value(line: bytes, column: str) -> object:
    """A value of a row; None where the row cannot be read, which fetching it will tell."""
    return (_row(line) or {}).get(column)


def _row(line: bytes) -> dict[str, object] | None:
    """A row; one that is no object has no columns, and None stands for what is no JSON."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else {}


def _lines(path: Path) -> Iterator[bytes | None]:
    """The lines that are not blank; None for one that is longer than any letter."""
    with path.open("rb") as file:
        file.seek(len(codecs.BOM_UTF8) if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else 0)
        while line := file.readline(MAX_BYTES):
            if len(line) == MAX_BYTES and not line.endswith(b"\n"):
                while (rest := file.readline(MAX_BYTES)) and not rest.endswith(b"\n"):
                    pass  # the rest of it
                yield None
            elif line.strip():
                yield line


@lru_cache(maxsize=2)
def _opened(path: Path, text: str, stamp: str) -> Forward:
    if path.suffix.lower() == ".parquet":
        return Forward(lambda: _parquet_rows(path, text))
    return Forward(lambda: _json_rows(path, text))


def _parquet_rows(path: Path, text: str) -> Iterator[Part]:
    with pq.ParquetFile(path) as file:
        number = 0
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=[text]):
            for value in batch.column(0):
                yield str(number), partial(_bytes_of_scalar, value)
                number += 1


def _bytes_of_scalar(value: pa.Scalar) -> bytes:
    return _encoded(value.as_py())


def _json_rows(path: Path, text: str) -> Iterator[Part]:
    for number, line in enumerate(_lines(path)):
        yield str(number), partial(_bytes_of_line, line, text)


def _bytes_of_line(line: bytes | None, text: str) -> bytes:
    if line is None:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    row = orjson.loads(line)
    return _encoded(row.get(text) if isinstance(row, dict) else row)


def _encoded(value: object) -> bytes:
    """A text as it will be kept; no text is an empty one."""
    if value is None:
        return b""
    data = value.encode() if isinstance(value, str) else value
    if not isinstance(data, bytes):
        raise UnreadableError(Code.ARCHIVE_DAMAGED, "the row holds no text")
    if len(data) > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    return data
