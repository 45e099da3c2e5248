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

_FEW = 8
"""So many values of a vocabulary stand in a table's cell; those of a longer one have a list of their own."""

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
        " schemas inside the files and the checks that every row has passed. A text's offsets count code points.\n\n"
        "In the files the metadata of a field have its meaning as `description` and a closed vocabulary as JSON in"
        " `values`; those of a summary's schema have, as `letters`, the query that gives the letters behind a row."
    ]
    return "\n\n".join([*parts, *(_table_text(table) for table in TABLES.values()), *_vocabularies()]) + "\n"


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
    rows = [f"| {c.name} | {type_name(c)} | {'yes' if c.nullable else ''} | {_meaning(c)} |" for c in table.columns]
    file = _FILES[table.partitioned_by].format(name=table.name, year_key=table.year_key, block=table.block)
    facts = [f"File: {file}"]
    facts += [f"Key: {_names(table.key)}"] if table.key else []
    facts += [f"Sorted by: {_names(table.order)}"]
    head = ["| column | type | null | meaning |", "|---|---|---|---|"]
    behind = ["", "What a row sums up:", "", "```sql", table.letters, "```"] if table.letters else []
    listed = (f"- {fact}" for fact in facts)
    return "\n".join([f"## {table.name}", "", f"{table.meaning}.", "", *listed, "", *head, *rows, *behind])


def type_name(column: Column) -> str:
    """What Arrow calls a column's type."""
    return _TYPES[column.kind][0]


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def _meaning(column: Column) -> str:
    meaning = column.meaning.replace("|", "\\|")
    if len(column.values) > _FEW:
        name = _long_vocabularies()[column.values]
        return f"{meaning}. One of [these {len(column.values)}](#vocabulary-{name.lower()})"
    return f"{meaning}. One of: {_names(column.values)}" if column.values else meaning


def _long_vocabularies() -> dict[tuple[str, ...], str]:
    """The vocabularies that are too long for a table's cell, each with the name of the first column that has it."""
    columns = [column for table in TABLES.values() for column in table.columns if len(column.values) > _FEW]
    return {column.values: column.name for column in reversed(columns)}


def _vocabularies() -> Iterator[str]:
    """A heading and a list for each long vocabulary, in the order of the tables."""
    for values, name in reversed(_long_vocabularies().items()):
        yield f"## Vocabulary {name}"
        yield "\n".join(f"- `{value}`" for value in values)


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
