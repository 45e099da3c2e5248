"""What is advised with the codes of runs: each befalls a run, the advice is followed, and the lake is as it should be."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.letters import letters
from imr.errors import Code, ImrError
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.synthetic.compose import compose
from imr.synthetic.writing import write_letter
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.doctor import examine
from tests.flows.helpers import row_set, run
from tests.openlineage.receiving import settings
from tests.reliability.machine import strike

SEED = 29
Options = dict[str, Any]


class Case:
    """A folder of letters to bring in; `harm` is in force for the first run alone."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.source, self.lake, self.patch = root / "in", LakeLayout(root / "lake"), patch
        self.source.mkdir()
        for number in range(3):
            write_letter(self.source, compose(SEED, number), "txt")


def _patched(name: str, value: object) -> Callable[[Case], AbstractContextManager[object]]:
    @contextmanager
    def harm(case: Case) -> Iterator[None]:
        with case.patch.context() as patch:
            patch.setattr(name, value)
            yield

    return harm


def _locked(case: Case) -> AbstractContextManager[object]:
    return writing(case.lake, "another run")


def _lineage(_: Case) -> AbstractContextManager[object]:
    return settings(_TRANSPORT__TYPE="http")


def _none(_: Case) -> AbstractContextManager[object]:
    return nullcontext()


def _folder(case: Case) -> Options:
    return {"sources": [str(case.source)]}


def _table(case: Case, columns: str) -> Options:
    """The letters as a table file with columns of its own."""
    paths = sorted(case.source.iterdir())
    rows = {"words": [path.read_text("utf-8") for path in paths], "called": [path.name for path in paths]}
    pq.write_table(pa.table(rows), case.source.with_name("letters.parquet"))
    return {"sources": [f"{case.source.with_name('letters.parquet')}{columns}"]}


def _empty(case: Case) -> Options:
    (empty := case.source.with_name("letters.csv")).write_text("address\n", encoding="utf-8")
    return {"sources": [str(empty)]}


def _in_parts(case: Case) -> Options:
    """Folders below, in place of the one that is too large."""
    first, *others = sorted(case.source.iterdir())
    for name, paths in (("a", [first]), ("b", others)):
        (part := case.source.with_name(name)).mkdir()
        for path in paths:
            shutil.copy(path, part)
    return {"sources": [str(case.source.with_name("a")), str(case.source.with_name("b"))]}


def _more(case: Case) -> Options:
    write_letter(case.source, compose(SEED, 9), "txt")
    return _folder(case) | {"new_within_days": 1}


Harm, Told = Callable[[Case], AbstractContextManager[object]], Callable[[Case], Options]

RUNS: dict[Code, tuple[Harm, Told, Told]] = {
    Code.UNKNOWN_SOURCE: (_none, lambda case: {"sources": [f"gopher://{case.source}"]}, _folder),
    Code.LISTING_EMPTY: (_none, _empty, _folder),
    Code.LISTING_CHANGED: (_none, lambda case: _table(case, ""), lambda case: _table(case, "#words,called")),
    Code.LISTING_TOO_LARGE: (_patched("imr.sources.listing.MAX_ENTRIES", 2), _folder, _in_parts),
    Code.LAKE_LOCKED: (_locked, lambda case: _folder(case) | {"lock_timeout": 0.1}, _folder),
    Code.LAKE_WRITE_FAILED: (
        _patched("imr.lake.transaction.write_parquet", partial(strike, "ENOSPC")),
        _folder,
        _folder,
    ),
    Code.LINEAGE_NOT_SET_UP: (_lineage, _folder, _folder),
    Code.NO_NEW_LETTERS: (_none, lambda case: _folder(case) | {"new_within_days": -1}, _more),
}
"""By code: what is wrong, what the run is told, and what the run is told that follows the advice."""

TRIED = {f"code: {code}" for code in RUNS}


@pytest.fixture(scope="module")
def never_harmed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Lakes of some letters into which a single run brought them, by their folder."""
    lakes: dict[tuple[str, ...], Path] = {}

    def lake_of(source: Path) -> Path:
        letters = tuple(sorted(path.name for path in source.iterdir()))
        if letters not in lakes:
            lakes[letters] = tmp_path_factory.mktemp("never")
            run(lakes[letters], source)
        return lakes[letters]

    return lake_of


@pytest.mark.parametrize("code", RUNS)
def test_a_run_that_follows_the_advice_brings_everything_in(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, never_harmed: Callable[[Path], Path]
) -> None:
    case = Case(tmp_path, monkeypatch)
    harm, told, advised = RUNS[code]
    with harm(case):
        assert _ends(case, **told(case)) is code
    assert _ends(case, **advised(case)) is None
    sound = never_harmed(case.source)
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert _of_letters(case.lake.root, table.name) == _of_letters(sound, table.name), table.name
    assert examine(case.lake, deep=True).findings == ()


def _ends(case: Case, sources: list[str], **options: Any) -> Code | None:
    """The code that a run fails with."""
    state = letters(sources, lake=str(case.lake.root), worker_count=1, return_state=True, **options)
    error = state.result(raise_on_failure=False) if state.is_failed() else None
    return error.code if isinstance(error, ImrError) else None


def _of_letters(lake: Path, table: str) -> list[str]:
    """A table's rows without where their letters came from: an advised run may name that otherwise."""
    return sorted(re.sub(r"'source_uri': '[^']*', ", "", row) for row in row_set(lake, table))
