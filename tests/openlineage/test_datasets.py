"""How datasets are named, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.lake.layout import LakeLayout
from imr.openlineage.datasets import MOST_FOLDERS, merged_tables, public_tables, read_by, schema_of, source_folders
from imr.tables.declaration import LETTER_TABLES, TABLES


@pytest.mark.parametrize(
    ("uris", "expected"),
    [
        pytest.param([], [], id="no files"),
        pytest.param(["file:///in/a.pdf", "file:///in/b.pdf"], [("file", "/in", 2)], id="one folder"),
        pytest.param(
            ["file:///in/a.pdf", "file:///in/2017/b.pdf"],
            [("file", "/in", 1), ("file", "/in/2017", 1)],
            id="two folders",
        ),
        pytest.param(["file:///with%20space/%C3%A4.pdf"], [("file", "/with space", 1)], id="names are decoded"),
        pytest.param(["file:///a.pdf"], [("file", "/", 1)], id="the root"),
        pytest.param(["https://h.example:8443/x/a.pdf?y=z"], [("https://h.example:8443", "/x", 1)], id="the web"),
        pytest.param(["https://me:secret@h.example/x/a.pdf"], [("https://h.example", "/x", 1)], id="no password"),
        pytest.param(["s3://bucket/2017/a.pdf"], [("s3://bucket", "/2017", 1)], id="a bucket"),
        pytest.param(
            [f"file:///in/{n}/a.pdf" for n in range(MOST_FOLDERS + 1)],
            [("file", "/in", MOST_FOLDERS + 1)],
            id="many folders",
        ),
    ],
)
def test_sources_are_folders(uris: list[str], expected: list[tuple[str, str, int]]) -> None:
    found = [(d.namespace, d.name, d.inputFacets["inputStatistics"].fileCount) for d in source_folders(uris)]
    assert found == expected


@given(st.lists(st.tuples(st.sampled_from(["file://", "https://h.example"]), st.text(), st.text()), max_size=60))
def test_no_file_is_lost_and_few_folders_are_named(files: list[tuple[str, str, str]]) -> None:
    from urllib.parse import quote

    uris = [f"{root}/{quote(folder, safe='')}/{quote(name, safe='')}.pdf" for root, folder, name in files]
    folders = source_folders(uris)
    assert sum(folder.inputFacets["inputStatistics"].fileCount for folder in folders) == len(uris)
    assert len(folders) <= MOST_FOLDERS


@pytest.mark.parametrize("name", TABLES)
def test_a_tables_schema_is_its_declaration(name: str) -> None:
    declared = TABLES[name].schema
    fields = schema_of(TABLES[name]).fields
    assert [(field.name, field.type, field.description) for field in fields] == [
        (field.name, str(field.type), field.metadata[b"description"].decode()) for field in declared
    ]


def test_tables_are_named_by_their_place_and_have_the_commits_version(tmp_path: Path) -> None:
    (cases,) = public_tables(LakeLayout(tmp_path), "c0ffee", {"cases": 7})
    assert (cases.namespace, cases.name) == ("file", f"{tmp_path.as_posix()}/tables/cases")
    assert cases.facets["version"].datasetVersion == "c0ffee"
    assert cases.facets["dataSource"].uri == (tmp_path / "tables" / "cases").as_uri()
    assert cases.outputFacets["outputStatistics"].rowCount == 7


def test_every_public_table_of_letters_is_made_of_a_staged_one(tmp_path: Path) -> None:
    merged = merged_tables(LakeLayout(tmp_path), TABLES)
    assert {Path(dataset.name).name for dataset in merged} == {table.name for table in LETTER_TABLES}
    assert {Path(dataset.name).parent.parent for dataset in merged} == {tmp_path / "stage"}


@pytest.mark.parametrize("step", ["ocr_cleanup", "section_split", "extract"])
def test_names_are_absolute(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert all(
        dataset.name.startswith(f"{tmp_path.as_posix()}/lake/") for dataset in read_by(step, LakeLayout(Path("lake")))
    )
