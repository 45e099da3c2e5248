"""The data dictionary, made from the declaration: Markdown for people, a Frictionless data package for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.schema import COUNTED_FROM_ONE, FORMS, SCHEMA_VERSION, Column, Table
from imr.version import __version__

_TYPES = {
    "string": ("string", "string"),
    "strings": ("list<string>", "array"),
    "offsets": ("list<int32>", "array"),
    "shares": ("list<float32>", "array"),
    "int16": ("int16", "integer"),
    "int32": ("int32", "integer"),
    "int64": ("int64", "integer"),
    "float32": ("float32", "number"),
    "float64": ("float64", "number"),
    "bool": ("bool", "boolean"),
    "date": ("date32", "date"),
    "instant": ("timestamp[us, UTC]", "datetime"),
}
"""What the declaration's types are called in Arrow and in Frictionless."""

_FILES = {
    "case_year": (
        "`tables/{name}/{year_key}=YYYY/part-NNN.parquet`, {block:,} case numbers a file; `{year_key}=0` without one"
    ),
    "run_date": "`tables/{name}/date=YYYY-MM-DD/part-NNN.parquet`",
    None: "`tables/{name}/{name}.parquet`",
}
_GLOBS = {
    "case_year": "tables/{name}/{year_key}=*/part-*.parquet",
    "run_date": "tables/{name}/date=*/part-*.parquet",
    None: "tables/{name}/{name}.parquet",
}


def data_dictionary() -> str:
    """Every table and column in Markdown."""
    parts = [
        f"# Data dictionary\n\nSchema version {SCHEMA_VERSION}. Made from the declaration of the tables, as are the"
        " schemas inside the files and the checks that every row has passed. A text's offsets count code points."
    ]
    return "\n\n".join([*parts, *(_table_text(table) for table in TABLES.values())]) + "\n"


def datapackage(files: Callable[[str], Sequence[str]] | None = None) -> dict[str, Any]:
    """The tables as a Frictionless data package (version 2), with paths relative to the lake's folder.

    `files` gives the paths of a table's files by its name; a table without any is left out. Without `files` those of
    each table are given as a glob.
    """
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "imr-letters",
        "title": "California Independent Medical Review letters",
        "version": f"{__version__}+schema.{SCHEMA_VERSION}",
        "resources": [_resource(table, paths) for table in TABLES.values() if (paths := _paths(table, files))],
    }


def _table_text(table: Table) -> str:
    rows = [
        f"| {c.name} | {_TYPES[c.kind][0]} | {'yes' if c.nullable else ''} | {_meaning(c)} |" for c in table.columns
    ]
    file = _FILES[table.partitioned_by].format(name=table.name, year_key=table.year_key, block=table.block)
    facts = [f"File: {file}"]
    facts += [f"Key: {_names(table.key)}"] if table.key else []
    facts += [f"Sorted by: {_names(table.order)}"]
    head = ["| column | type | null | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {table.name}", "", f"{table.meaning}.", "", *(f"- {f}" for f in facts), "", *head, *rows])


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _meaning(column: Column) -> str:
    meaning = column.meaning.replace("|", "\\|")
    return f"{meaning}. One of: {_names(column.values)}" if column.values else meaning


def _paths(table: Table, files: Callable[[str], Sequence[str]] | None) -> list[str]:
    if files is None:
        return [_GLOBS[table.partitioned_by].format(name=table.name, year_key=table.year_key)]
    return list(files(table.name))


def _resource(table: Table, paths: list[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns]}
    if table.key and not any(column.nullable for column in table.columns if column.name in table.key):
        schema["primaryKey"] = list(table.key)
    if parents := list(_parents(table)):
        schema["foreignKeys"] = parents
    return {
        "name": table.name,
        "type": "table",
        "description": table.meaning,
        "path": paths[0] if len(paths) == 1 else paths,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.values and column.kind == "string":
        constraints["enum"] = [str(value) for value in column.values]
    if column.name in FORMS:
        constraints["pattern"] = FORMS[column.name]
    if column.name in COUNTED_FROM_ONE:
        constraints["minimum"] = 1
    described = {"name": column.name, "type": _TYPES[column.kind][1], "description": column.meaning}
    return described | ({"constraints": constraints} if constraints else {})


def _parents(table: Table) -> Iterator[dict[str, Any]]:
    """What the rows of a letters' table belong to: a document, and a decision where their key has its number."""
    if table not in LETTER_TABLES or table.name == "documents":
        return
    yield _reference("documents", ["document_id"])
    if table.name != "decisions" and "decision_number" in table.key:
        yield _reference("decisions", ["document_id", "decision_number"])


def _reference(parent: str, fields: list[str]) -> dict[str, Any]:
    return {"fields": fields, "reference": {"resource": parent, "fields": fields}}
