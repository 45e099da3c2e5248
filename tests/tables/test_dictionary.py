from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.tables.declaration import TABLES
from imr.tables.dictionary import data_dictionary, datapackage
from imr.tables.schema import Table


@pytest.fixture
def resources() -> dict[str, dict[str, Any]]:
    """The data package's resources by name."""
    return {resource["name"]: resource for resource in datapackage()["resources"]}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_the_dictionary_tells_of_every_column(table: Table) -> None:
    (section,) = [part for part in data_dictionary().split("\n## ") if part.startswith(f"{table.name}\n")]
    lines = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert [line[0].removeprefix("| ") for line in lines] == table.schema.names
    assert [line[2].strip() == "yes" for line in lines] == [column.nullable for column in table.columns]
    assert all(len(line) == 4 and line[3].removesuffix(" |") for line in lines)


def test_the_committed_dictionary_is_that_of_the_declaration(landing: Path) -> None:
    assert (landing.parent / "DATA_DICTIONARY.md").read_text(encoding="utf-8") == data_dictionary()


def test_the_dictionary_names_the_one_table_whose_folders_have_another_key() -> None:
    sections = data_dictionary().split("\n## ")
    assert [part.split("\n")[0] for part in sections if "/case_year=YYYY/" in part] == ["citations"]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_resource_has_the_tables_columns_and_rules(table: Table, resources: dict[str, dict[str, Any]]) -> None:
    schema = resources[table.name]["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields) == table.schema.names
    for column in table.columns:
        constraints = fields[column.name].get("constraints", {})
        assert constraints.get("required", False) is not column.nullable
        assert tuple(constraints.get("enum", ())) == (column.values if column.kind == "string" else ())
    assert set(schema.get("primaryKey", [])) <= set(table.key)


def test_keys_and_what_they_refer_to(resources: dict[str, dict[str, Any]]) -> None:
    assert resources["drugs"]["schema"]["primaryKey"] == ["document_id", "decision_number", "drug_number"]
    assert [key["reference"]["resource"] for key in resources["drugs"]["schema"]["foreignKeys"]] == [
        "documents",
        "decisions",
    ]
    assert "foreignKeys" not in resources["documents"]["schema"]
    assert "primaryKey" not in resources["outcomes_by_drug"]["schema"]  # its groups may be null


def test_of_a_lake_the_package_names_every_file(lake: LakeLayout, publish: Callable[..., None]) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM17-9000001")
        publish(tx, 2, "CM18-9000001")
        tx.commit()
    package = json.loads(json.dumps(datapackage(lake.table_paths)))
    found = [resource["path"] for resource in package["resources"]]
    paths = [path for paths in found for path in ([paths] if isinstance(paths, str) else paths)]
    files = [str(path.relative_to(lake.root)) for path in lake.tables.rglob("*.parquet")]
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    assert sorted(paths) == sorted(files)


def test_a_table_of_one_file_has_one_path(lake: LakeLayout, publish: Callable[..., None]) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM17-9000001")
        tx.commit()
    assert datapackage(lake.table_paths)["resources"][0]["path"] == "tables/documents/year=2017/part-090.parquet"
