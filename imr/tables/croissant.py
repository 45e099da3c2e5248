"""A release's tables in the vocabulary of Croissant, by which catalogues of data sets and loaders know them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from imr.tables.declaration import TABLES
from imr.tables.schema import Column, Table
from imr.version import __version__

_OF_CROISSANT = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet", "format",
    "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
    "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{name: f"cr:{name}" for name in _OF_CROISSANT},
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}
"""The context that the specification of Croissant 1.0 prescribes."""
_DATA_TYPES = {
    "string": "sc:Text",
    "strings": "sc:Text",
    "offsets": "sc:Integer",
    "shares": "sc:Float",
    "int16": "sc:Integer",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "float32": "sc:Float",
    "float64": "sc:Float",
    "bool": "sc:Boolean",
    "date": "sc:Date",
    "instant": "sc:DateTime",
}
_REPEATED = ("strings", "offsets", "shares")
_PARQUET = "application/x-parquet"


def croissant(
    name: str, created: dt.datetime, files: Callable[[str], Sequence[str]], hashes: Mapping[str, str]
) -> dict[str, Any]:
    """A release as JSON-LD of Croissant 1.0.

    Args:
        name: What the release is called.
        created: When it was made.
        files: Gives the paths of a table's files, relative to the release, by its name.
        hashes: The SHA-256 of each of these files.
    """
    present = {table: list(files(table.name)) for table in TABLES.values() if files(table.name)}
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "imr-letters",
        "description": "Decision letters of California's Independent Medical Review as tables, of which every value"
        " leads back to the words that it was read from.",
        "citeAs": f"The imr-letters contributors: imr-letters {__version__}, release {name}, {created.date()}",
        "version": f"{__version__}+{name}",
        "datePublished": created.date().isoformat(),
        "isLiveDataset": False,
        "distribution": [each for table, paths in present.items() for each in _distribution(table, paths, hashes)],
        "recordSet": [_record_set(table) for table in present],
    }


def _distribution(table: Table, paths: Sequence[str], hashes: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The files of a table, and the set of them that its records are in: a set that is in no file is in the folder of
    the release."""
    for path in paths:
        yield {
            "@type": "cr:FileObject",
            "@id": path,
            "name": path,
            "contentUrl": path,
            "encodingFormat": _PARQUET,
            "sha256": hashes[path],
        }
    yield {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "encodingFormat": _PARQUET,
        "includes": f"tables/{table.name}/{'*/' if table.partitioned_by else ''}*.parquet",
    }


def _record_set(table: Table) -> dict[str, Any]:
    key = {"key": [{"@id": f"{table.name}/{column}"} for column in table.key]} if table.key else {}
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.meaning,
        **key,
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    values = f". One of: {', '.join(column.values)}" if column.values else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": f"{column.meaning}{values}",
        "dataType": _DATA_TYPES[column.kind],
        **({"repeated": True} if column.kind in _REPEATED else {}),
        "source": {"fileSet": {"@id": f"{table.name}-files"}, "extract": {"column": column.name}},
    }
