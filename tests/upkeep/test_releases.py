"""Releases: immutable, verifiable, comparable."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.tables.declaration import TABLES
from imr.upkeep import releases as module
from imr.upkeep.diff import diff
from imr.upkeep.doctor import examine
from imr.upkeep.releases import make_release, releases, verify_release, withdraw_release
from imr.upkeep.removal import remove
from tests.upkeep.conftest import rewrite


def test_a_release_holds_every_table_and_its_hashes_are_right(lake: LakeLayout) -> None:
    release = make_release(lake, "2026-11")
    public = {path.relative_to(lake.root).as_posix() for path in lake.tables.rglob("*.parquet")}
    package = json.loads((release.folder / "datapackage.json").read_text())
    listed = {file["path"]: file for resource in package["resources"] for file in resource["files"]}
    assert listed.keys() == public
    assert release.files == len(public)
    assert (package["id"], package["created"]) == ("2026-11", release.created_at)
    assert verify_release(release.folder) == []
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release.folder, check=False)
    assert checked.returncode == 0
    assert releases(lake) == [release]


def test_croissant_names_every_file_and_column(lake: LakeLayout) -> None:
    release = make_release(lake, "2026-11")
    described = json.loads((release.folder / "croissant.json").read_text())
    objects = [each for each in described["distribution"] if each["@type"] == "cr:FileObject"]
    hashes = {line[66:]: line[:64] for line in (release.folder / "SHA256SUMS").read_text().splitlines()}
    listed = {each["contentUrl"]: each["sha256"] for each in objects}
    assert listed == {path: sha256 for path, sha256 in hashes.items() if path.endswith(".parquet")}
    columns = {
        records["name"]: [field["source"]["extract"]["column"] for field in records["field"]]
        for records in described["recordSet"]
    }
    assert columns == {name: table.schema.names for name, table in TABLES.items()}


def test_the_data_card_counts_what_is_in_the_release(lake: LakeLayout) -> None:
    card = (make_release(lake, "2026-11").folder / "DATA_CARD.md").read_text()
    assert card.startswith("# Data card: imr-letters, release 2026-11\n")
    assert f"- {read_table(lake, 'documents').num_rows} letters; " in card
    decided = read_table(lake, "decisions").filter(pc.field("is_latest"))
    assert f"- {decided.num_rows} decisions of the latest letter of each case: " in card
    assert f"upheld {pc.sum(pc.equal(decided['outcome'], 'upheld')).as_py()}." in card


def test_it_takes_no_space_until_the_tables_change_and_never_changes_with_them(lake: LakeLayout, letter: str) -> None:
    release = make_release(lake)
    for path in lake.tables.rglob("*.parquet"):
        assert os.path.samefile(path, release.folder / path.relative_to(lake.root))  # noqa: PTH121
    rows = read_table(LakeLayout(release.folder), "decisions")
    remove(lake, [letter], "asked for")
    assert verify_release(release.folder) == []
    assert read_table(LakeLayout(release.folder), "decisions").equals(rows)
    assert read_table(lake, "decisions").num_rows < rows.num_rows


def test_without_links_it_is_a_copy(lake: LakeLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", no_links)
    assert verify_release(make_release(lake).folder) == []


def _changed(folder: Path) -> None:
    path = next((folder / "tables" / "drugs").rglob("*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()  # the tables' own file stays as it is
    path.write_bytes(data)


def _gone(folder: Path) -> None:
    next((folder / "tables" / "drugs").rglob("*.parquet")).unlink()


def _added(folder: Path) -> None:
    (folder / "tables" / "drugs" / "more.parquet").write_bytes(b"")


@pytest.mark.parametrize("harm", [_changed, _gone, _added])
def test_a_release_that_is_not_what_it_was_is_found_out(lake: LakeLayout, harm: object) -> None:
    release = make_release(lake)
    harm(release.folder)  # type: ignore[operator]
    assert len(verify_release(release.folder)) == 1
    assert [finding.where.split("/")[0] for finding in examine(lake, deep=True).findings] == ["releases"]


def test_names(lake: LakeLayout) -> None:
    make_release(lake, "one")
    with pytest.raises(LakeError) as caught:
        make_release(lake, "one")
    assert caught.value.code == Code.RELEASE_EXISTS
    for name in ("../tables", "", ".hidden", "a/b"):
        with pytest.raises(ValueError, match="named by"):
            make_release(lake, name or " ")
    withdraw_release(lake, "one")
    assert releases(lake) == []
    with pytest.raises(LakeError) as caught:
        withdraw_release(lake, "one")
    assert caught.value.code == Code.RELEASE_MISSING


def test_a_release_that_was_broken_off_is_none_and_is_swept(lake: LakeLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(module, "_write", broken)
    with pytest.raises(LakeError):
        make_release(lake, "one")
    monkeypatch.undo()
    assert releases(lake) == []
    (left,) = lake.releases.iterdir()
    os.utime(left, (0, 0))
    assert [finding.left_over for finding in examine(lake).findings] == [left]
    assert examine(lake, repair=True) == (examine(lake).recovery, (), 1)
    assert list(lake.releases.iterdir()) == []


def test_a_release_is_read_like_a_lake(lake: LakeLayout) -> None:
    folder = make_release(lake, "one").folder
    sql = "SELECT count(*) FROM '{}/tables/decisions/**/*.parquet'"
    assert duckdb.sql(sql.format(folder)).fetchall() == duckdb.sql(sql.format(lake.root)).fetchall()


def _set(column: str, value: object) -> object:
    """A rewriting that gives all rows one value."""

    def change(rows: pa.Table) -> pa.Table:
        index = rows.schema.get_field_index(column)
        return rows.set_column(index, rows.schema.field(index), pa.array([value] * len(rows), rows.schema.types[index]))

    return change


def test_nothing_differs_from_itself(lake: LakeLayout) -> None:
    assert not any(table.anything for table in diff(lake, lake))


def test_what_was_added_removed_and_changed_is_counted_column_by_column(lake: LakeLayout, tmp_path: Path) -> None:
    shutil.copytree(lake.root, tmp_path / "new")
    new = LakeLayout(tmp_path / "new")
    rewrite(new, "cases", _set("patient_age", 99))  # type: ignore[arg-type]
    gone = len(pa.array(read_table(new, "drugs")["name"]))
    for partition in new.partitions("drugs"):
        new.file(partition).unlink()
    tables = {table.table: table for table in diff(lake, new, examples=1)}
    cases = tables["cases"]
    assert (cases.added, cases.removed, cases.changed) == (0, 0, {"patient_age": cases.rows_changed})
    assert cases.rows_changed >= 1
    assert len(cases.examples) == 1
    assert (tables["drugs"].removed, tables["drugs"].after) == (gone, 0)
    assert {table.table for table in tables.values() if table.anything} == {"cases", "drugs"}
    back = {table.table: table for table in diff(new, lake)}
    assert (back["drugs"].added, back["cases"].changed) == (gone, cases.changed)


def test_provenance_is_compared_row_by_row_though_it_has_no_key(lake: LakeLayout, tmp_path: Path) -> None:
    shutil.copytree(lake.root, tmp_path / "new")
    rewrite(LakeLayout(tmp_path / "new"), "provenance", lambda rows: rows.slice(2))
    (table,) = [table for table in diff(lake, LakeLayout(tmp_path / "new")) if table.anything]
    assert (table.table, table.added, table.removed) == ("provenance", 0, 2)


def test_when_a_row_was_made_is_no_difference(lake: LakeLayout, tmp_path: Path) -> None:
    shutil.copytree(lake.root, tmp_path / "new")
    rewrite(LakeLayout(tmp_path / "new"), "documents", _set("run_id", "another"))  # type: ignore[arg-type]
    assert not any(table.anything for table in diff(lake, LakeLayout(tmp_path / "new")))
    assert pc.count_distinct(read_table(LakeLayout(tmp_path / "new"), "documents")["run_id"]).as_py() == 2
    assert "documents" in TABLES
