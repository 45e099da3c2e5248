"""Every advice of the doctor: its state is brought about, what it says is done, and the lake is as if nothing had been."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from flows.letters import reprocess
from imr.cli.main import app
from imr.lake.journal import Move, write_journal
from imr.lake.layout import LakeLayout
from imr.lake.ledger import written_off
from imr.tables.declaration import AGGREGATES, LETTER_TABLES, TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.releases import make_release, releases
from imr.upkeep.removal import remove
from tests.flows.helpers import row_set, rows, run
from tests.upkeep.conftest import rewrite
from tests.upkeep.test_doctor import BROKEN

Harm = Callable[[LakeLayout], object]


def _lose(*tables: str) -> Harm:
    """Delete the first file of each of some tables."""

    def harm(lake: LakeLayout) -> None:
        for table in tables:
            lake.file(lake.partitions(table)[0]).unlink()

    return harm


def _spoil(name: str) -> Harm:
    """Put bytes of another kind in place of the files of a glob."""

    def harm(lake: LakeLayout) -> None:
        for path in list(lake.root.glob(name)):
            path.write_bytes(b"these are not the bytes that were written")

    return harm


def _put(name: str) -> Harm:
    """Put a file where none belongs, long ago."""

    def harm(lake: LakeLayout) -> None:
        path = lake.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        for entry in (path, path.parent):
            os.utime(entry, (0, 0))

    return harm


def _copied(table: str) -> Harm:
    """Copy a table's first file beside it, as a merge of two copies of a lake does."""

    def harm(lake: LakeLayout) -> None:
        path = lake.file(lake.partitions(table)[0])
        shutil.copy(path, path.with_name("part-077.parquet"))

    return harm


def _lose_folders(*names: str) -> Harm:
    return lambda lake: [shutil.rmtree(lake.root / name) for name in names]


def _half_done_commit(lake: LakeLayout) -> None:
    """A commit that was decided, and whose staged file is not as it was written."""
    (lake.journal / "c1").mkdir(parents=True)
    (lake.journal / "c1" / "drugs.staged").write_bytes(b"x")
    target = lake.partitions("drugs")[0].path
    write_journal(lake, "c1", [Move("c1/drugs.staged", target, "0" * 64, 1, 1)])


def _changed_bytes(lake: LakeLayout) -> None:
    path = next(lake.raw.glob("*/*.txt"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def older(lake: LakeLayout) -> None:
    """Have a table be of a declaration before it had all its columns, and its letters be read by a version then."""
    for partition in lake.partitions("drugs"):
        path = lake.file(partition)
        pa.parquet.write_table(pa.parquet.ParquetFile(path).read().drop_columns(["strength"]), path)
    versions = dict.fromkeys(("text_version", "split_version", "extract_version"), "0123456789abcdef")
    for partition in lake.partitions("documents"):
        path = lake.file(partition)
        found = pa.parquet.ParquetFile(path).read().to_pylist()
        table = pa.Table.from_pylist([row | versions for row in found], schema=TABLES["documents"].schema)
        pa.parquet.write_table(table, path)


def _changed_release(lake: LakeLayout) -> None:
    release = make_release(lake, "one")
    (release.folder / "DATA_DICTIONARY.md").write_text("other words")


_OF_EVERY_KIND = (
    "a letter twice",
    "rows of no letter",
    "wrong year",
    "an unknown word",
    "a file without an end",
    "a letter of no run",
)
"""Broken rows of which what is advised is tried; others are advised alike."""

SCENARIOS = [
    *(pytest.param(_lose(table.name), {Advice.READ_AGAIN}, id=f"{table.name} lost") for table in LETTER_TABLES),
    pytest.param(_lose("quarantine"), {Advice.READ_AGAIN}, id="quarantine lost"),
    pytest.param(
        _lose_folders(*(f"tables/{table.name}" for table in LETTER_TABLES)), {Advice.READ_AGAIN}, id="letters lost"
    ),
    pytest.param(_copied("decisions"), {Advice.READ_AGAIN}, id="a file twice"),
    pytest.param(_lose_folders("raw"), {Advice.FETCH_AGAIN}, id="bytes lost"),
    pytest.param(
        _lose_folders("raw", "quarantine", "tables/drugs"),
        {Advice.FETCH_AGAIN, Advice.READ_AGAIN},
        id="bytes and rows lost",
    ),
    pytest.param(_put("stage/extract/.key.1/cases.parquet"), {Advice.SWEEP}, id="a half-made batch"),
    pytest.param(_put(f"quarantine/{'ab' * 32}.pdf"), {Advice.SET_ASIDE}, id="a copy of nothing"),
    pytest.param(_lose("commits"), {Advice.REPAIR}, id="commits lost"),
    pytest.param(_lose_folders("tables/commits", "tables/outcomes_by_drug"), {Advice.REPAIR}, id="a summary lost"),
    pytest.param(_spoil("tables/cases/*/*"), {Advice.SET_ASIDE}, id="cases unreadable"),
    pytest.param(_spoil("tables/documents/*/*"), {Advice.SET_ASIDE}, id="documents unreadable"),
    pytest.param(_spoil("tables/commits/*/*"), {Advice.SET_ASIDE}, id="commits unreadable"),
    pytest.param(_spoil("tables/quarantine/*/*"), {Advice.SET_ASIDE}, id="quarantine unreadable"),
    pytest.param(_spoil("tables/outcomes_by_year/*"), {Advice.SET_ASIDE}, id="a summary unreadable"),
    pytest.param(_spoil("ledger/*"), {Advice.SET_ASIDE}, id="the ledger unreadable"),
    pytest.param(_put("tables/cases/README.md"), {Advice.SET_ASIDE}, id="a note among the tables"),
    pytest.param(_half_done_commit, {Advice.SET_ASIDE}, id="a damaged commit"),
    pytest.param(_changed_bytes, {Advice.SET_ASIDE}, id="bytes changed"),
    pytest.param(older, {Advice.MIGRATE}, id="an older declaration"),
    pytest.param(_changed_release, {Advice.DROP_RELEASE}, id="a release changed"),
    pytest.param(_lose("lineage"), {Advice.PUT_BACK, Advice.WRITE_OFF}, id="lineage lost"),
    pytest.param(_spoil("tables/lineage/*/*"), {Advice.SET_ASIDE}, id="lineage unreadable"),
    pytest.param(_lose_folders("tables"), {Advice.REPAIR}, id="all tables lost"),
    *(pytest.param(param.values[0], set(), id=str(param.id)) for param in BROKEN if param.id in _OF_EVERY_KIND),
]


@pytest.mark.parametrize(("harm", "advised"), SCENARIOS)
def test_doing_what_is_advised_heals(
    published: LakeLayout, lake: LakeLayout, landing: Path, harm: Harm, advised: set[Advice]
) -> None:
    harm(lake)
    assert (found := _follow(lake, landing))
    assert advised <= found
    assert_has_all(lake, published)


TRIED = {f"doctor: {advice.name}" for scenario in SCENARIOS for advice in scenario.values[1]}


def whole(lake: LakeLayout, sound: LakeLayout) -> None:
    """Look whether a lake has all that a sound one has, and the doctor is content with it."""
    assert_has_all(lake, sound)
    assert examine(lake, deep=True).findings == ()


def assert_has_all(lake: LakeLayout, sound: LakeLayout) -> None:
    """Look whether a lake has all that a sound one has."""
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert row_set(lake.root, table.name) == row_set(sound.root, table.name), table.name
    assert _in_quarantine(lake) == _in_quarantine(sound)
    assert rows(lake.root, "removals") == rows(sound.root, "removals")


def _in_quarantine(lake: LakeLayout) -> set[tuple[object, ...]]:
    found = rows(lake.root, "quarantine")
    return {(row["document_id"], row["source_name"], row["error_code"], row["stored_as"]) for row in found}


def _follow(lake: LakeLayout, landing: Path) -> set[Advice]:
    """Do what the doctor says until it is content, every time whatever it says first; gives all that was advised."""
    advised: set[Advice] = set()
    for _ in range(6):
        findings = examine(lake, deep=True).findings
        if not findings:
            return advised
        advised |= {finding.advice for finding in findings}
        for action in _actions(findings[0].advice):
            action(lake, landing)
    pytest.fail(f"still not content: {findings}")


def _actions(advice: Advice) -> Iterator[Callable[[LakeLayout, Path], object]]:
    """What a sentence tells people to do, in its order."""
    said = re.findall("|".join(map(re.escape, sorted(_DOING, key=len, reverse=True))), advice)
    assert said, advice
    return (_DOING[words] for words in said)


def _command(*words: str) -> Callable[[LakeLayout, Path], object]:
    def call(lake: LakeLayout, _: Path) -> None:
        result = CliRunner().invoke(app, [*words, "--lake", str(lake.root)])
        assert result.exit_code in (0, 1), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)

    return call


def _drop_releases(lake: LakeLayout, _: Path) -> None:
    for release in releases(lake):
        shutil.rmtree(release.folder)


_DOING: dict[str, Callable[[LakeLayout, Path], object]] = {
    "imr reprocess --damaged": lambda lake, _: reprocess(lake=str(lake.root), damaged=True, return_state=True).result(),
    "imr reprocess": lambda lake, _: reprocess(lake=str(lake.root), return_state=True).result(),
    "imr doctor --repair": _command("doctor", "--deep", "--repair"),
    "imr doctor --write-off": _command("doctor", "--write-off"),
    "imr migrate": _command("migrate"),
    "run again with all sources": lambda lake, landing: run(lake.root, landing),
    "delete it": _drop_releases,
}


def test_a_lost_history_is_said_to_be_lost_and_written_off(lake: LakeLayout, landing: Path) -> None:
    _lose("lineage")(lake)
    _follow(lake, landing)
    assert written_off(lake) == {row["commit_id"] for row in rows(lake.root, "commits") if row["files_published"]}


def test_bytes_that_no_source_has_are_said_to_be_lost_and_rows_stay(
    published: LakeLayout, landing: Path, tmp_path: Path
) -> None:
    source, root = tmp_path / "source", tmp_path / "lake"
    shutil.copytree(landing, source)
    run(root, source)
    lake = LakeLayout(root)
    shutil.rmtree(source)
    shutil.rmtree(lake.raw)
    reprocess(lake=str(root), damaged=True, return_state=True)
    assert {finding.advice for finding in examine(lake).findings} == {Advice.FETCH_AGAIN}
    for table in LETTER_TABLES[1:]:
        assert row_set(root, table.name) == row_set(published.root, table.name)


@pytest.mark.parametrize("kept", ["raw/*/{}.txt", "quarantine/{}.txt"])
def test_bytes_in_quarantine_that_were_changed_are_deleted_and_fetched_again(
    published: LakeLayout, lake: LakeLayout, landing: Path, kept: str
) -> None:
    notice = hashlib.sha256((landing / "parking-notice.txt").read_bytes()).hexdigest()
    (path,) = lake.root.glob(kept.format(notice))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    (finding,) = examine(lake, deep=True).findings
    assert (finding.where, finding.advice) == (path.relative_to(lake.root).as_posix(), Advice.CHANGED_COPY)
    path.unlink()
    run(lake.root, landing)
    whole(lake, published)


@pytest.fixture
def less_one(lake: LakeLayout, letter: str) -> tuple[LakeLayout, str]:
    """A lake out of which a letter was removed, and the letter."""
    remove(lake, [letter], "asked for")
    return lake, letter


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(_lose("removals"), id="the table of removals lost"),
        pytest.param(_spoil("tables/removals/*"), id="the table of removals unreadable"),
        pytest.param(_lose_folders("tables"), id="tables set aside"),
        pytest.param(_lose_folders("tables", "stage"), id="tables and stage set aside"),
        pytest.param(_spoil("tables/*/*/*"), id="all partitions unreadable"),
        pytest.param(lambda lake: rewrite(lake, "removals", lambda table: table.slice(0, 0)), id="no row of it left"),
    ],
)
def test_a_removed_letter_never_comes_back(less_one: tuple[LakeLayout, str], landing: Path, harm: Harm) -> None:
    lake, letter = less_one
    harm(lake)
    assert _follow(lake, landing)
    run(lake.root, landing)
    for table in ("documents", "decisions", "drugs", "texts"):
        assert letter not in {row["document_id"] for row in rows(lake.root, table)}
    assert [row["document_id"] for row in rows(lake.root, "removals")] == [letter]
    assert not list(lake.raw.glob(f"*/{letter}.*"))
    assert examine(lake, deep=True).findings == ()


def test_a_removed_letter_that_was_put_back_by_hand_goes_again(
    published: LakeLayout, less_one: tuple[LakeLayout, str], landing: Path
) -> None:
    lake, letter = less_one
    for name in ("documents", "cases", "decisions", "drugs", "citations", "sections", "texts", "provenance"):
        shutil.copytree(published.tables / name, lake.tables / name, dirs_exist_ok=True)
    assert any(finding.advice is Advice.REPAIR for finding in examine(lake).findings)
    _follow(lake, landing)
    assert letter not in {row["document_id"] for row in rows(lake.root, "documents")}


def test_removing_a_letter_clears_what_was_set_aside(lake: LakeLayout, letter: str, landing: Path) -> None:
    _put("tables/cases/README.md")(lake)
    _follow(lake, landing)
    assert list(lake.set_aside.rglob("README.md"))
    remove(lake, [letter], "asked for")
    assert not list(lake.set_aside.rglob("*.md"))
