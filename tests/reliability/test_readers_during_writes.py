"""What is read while a writer writes, judged rightly, and a short run of it; the long run is the program."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import pytest

from tests.reliability.changing_lake import CHANGES, COLUMNS, LETTERS, YEARS, Placed, State, judge, rows_in, states
from tests.reliability.readers import READERS, Rows
from tests.reliability.readers_during_writes import Tally, rows_read, run

OLD = {number: Placed(2016, 0) for number in range(LETTERS)}
STAYS, GOES, MOVES = 1, 2, 3
NEW = OLD | {STAYS: Placed(2016, 1), MOVES: Placed(2018, 1)}
del NEW[GOES]


def _rows(table: str, state: State, *more: tuple[int, int]) -> Rows:
    letters = [(number, placed.version) for number, placed in state.items()]
    rows = (row for number, version in (*letters, *more) for row in rows_in(table, number, version))
    return [tuple(row[column] for column in COLUMNS[table]) for row in rows]


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize("state", [pytest.param(OLD, id="before"), pytest.param(NEW, id="after")])
def test_any_state_of_the_time_is_right(table: str, state: State) -> None:
    assert judge(table, _rows(table, state), [OLD, NEW]) == ((), 0)


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize(
    ("seen", "more", "fault"),
    [
        pytest.param(
            {n: at for n, at in NEW.items() if n != STAYS}, [], "missing", id="a letter that was never removed"
        ),
        pytest.param(NEW, [(STAYS, 1)], "duplicate", id="a letter twice"),
        pytest.param(NEW | {STAYS: Placed(2016, 7)}, [], "of another time", id="a version of later"),
    ],
)
def test_what_cannot_be_is_told(table: str, seen: State, more: list[tuple[int, int]], fault: str) -> None:
    assert judge(table, _rows(table, seen, *more), [OLD, NEW]).faults == (fault,)


def test_a_letter_of_two_versions_is_torn() -> None:
    rows = [row for row in _rows("drugs", NEW, (STAYS, 0)) if row[0] != _id(STAYS) or (row[1] == "1") == (row[2] == 1)]
    assert len(rows) == len(_rows("drugs", NEW))
    assert judge("drugs", rows, [OLD, NEW]).faults == ("torn",)


def test_a_letter_without_all_its_rows_is_torn() -> None:
    assert judge("drugs", _rows("drugs", NEW)[1:], [OLD, NEW]).faults == ("torn",)


def test_a_version_with_the_text_of_another_is_torn() -> None:
    rows = [(row[0], "0", row[2]) if row[0] == _id(STAYS) else row for row in _rows("texts", NEW)]
    assert judge("texts", rows, [OLD, NEW]).faults == ("torn",)


def test_a_letter_on_its_way_is_counted_apart() -> None:
    neither = {number: placed for number, placed in NEW.items() if number != MOVES}
    assert judge("drugs", _rows("drugs", neither), [OLD, NEW]) == ((), 1)
    assert judge("drugs", _rows("drugs", NEW, (MOVES, 0)), [OLD, NEW]) == ((), 1)
    assert judge("drugs", _rows("drugs", neither), [NEW]).faults == ("missing",)


def _id(number: int) -> object:
    return rows_in("drugs", number, 0)[0]["document_id"]


def test_no_year_is_ever_empty_and_every_kind_of_change_occurs() -> None:
    plan = list(islice(states(1), 50))
    pairs = [(old.get(n), new.get(n)) for old, new in pairwise(plan) for n in range(LETTERS)]
    assert all({placed.year for placed in state.values()} == set(YEARS) for state in plan)
    assert sum(old != new for old, new in pairs) > 49 * CHANGES * 0.8
    assert sum(old is None and new is not None for old, new in pairs) > 20
    assert sum(old is not None and new is None for old, new in pairs) > 20
    assert sum(bool(old and new and old.year != new.year) for old, new in pairs) > 20


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_that_fails_again_and_again_is_an_anomaly(tmp_path: Path, reader: str) -> None:
    (tmp_path / "tables" / "drugs").mkdir(parents=True)
    (tmp_path / "tables" / "drugs" / "part-000.parquet").write_bytes(b"PAR1 and then nothing")
    tally = Tally()
    assert rows_read(tmp_path, "drugs", reader, tally) is None
    assert tally.anomalies.total() == 1
    assert tally.refused.total() == (3 if reader in ("duckdb", "polars") else 0)


def test_readers_during_a_few_commits(tmp_path: Path) -> None:
    tally, commits = run(tmp_path / "lake", commits=8, reads=120, seed=2)
    assert commits >= 8
    assert tally.reads >= 120
    assert not tally.anomalies, tally
