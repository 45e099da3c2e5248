"""Rows that cannot be made: one letter ends there, the others of its batch do not notice."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, LakeError
from imr.publication.batch_steps.work import BatchStep, Done, Work, staged_tables
from imr.records import Attempt, LetterRef, Outcome

NOW = dt.datetime(2030, 1, 2, tzinfo=dt.UTC)


class Made(NamedTuple):
    """What a step made of a letter: a number that may be too large, and words."""

    number: int
    words: str = "x"
    sha256: str = "0" * 64


def tables(done: Done) -> dict[str, pa.Table]:
    columns = {
        "document_id": [ref.document_id for ref, _ in done],
        "number": pa.array([made.number for _, made in done], pa.int16()),
        "words": pa.array([made.words for _, made in done], pa.string()),
    }
    return {"made": pa.table(columns)}


def staged(results: list[Made], make: Callable[[Done], dict[str, pa.Table]] = tables) -> dict[str, pa.Table]:
    refs = [LetterRef(f"{n:064x}", ".txt", f"file:///{n}.txt", f"{n}.txt", 1) for n in range(len(results))]
    outcomes: list[Outcome[Any]] = [Outcome(result, (Attempt(1, NOW, 1, None),)) for result in results]
    step = BatchStep("extract", ("made",), len, lambda: Work((), (), {}), make, fitted=_without_numbers_of_doubt)
    return staged_tables(step, Work(refs, [], {ref.document_id: "" for ref in refs}), outcomes)


def _without_numbers_of_doubt(made: Made) -> Made:
    return made._replace(number=0) if made.words == "doubtful" else made


@given(st.lists(st.sampled_from([7, 40_000, 10**30]), max_size=20))
def test_a_letter_of_which_no_rows_can_be_made_ends_alone(numbers: list[int]) -> None:
    made = staged([Made(number) for number in numbers])
    events = made["lineage"].to_pylist()
    assert [event["status"] for event in events] == ["ok" if n == 7 else "quarantined" for n in numbers]
    assert {event["error_code"] for event in events} <= {None, Code.INVALID_ROWS}
    assert made["made"]["document_id"].to_pylist() == [e["document_id"] for e in events if e["status"] == "ok"]


@pytest.mark.parametrize(
    ("odd", "status"),
    [
        pytest.param(Made(40_000, "doubtful"), "ok", id="a number that may be left out"),
        pytest.param(Made(40_000), "quarantined", id="a number that may not"),
        pytest.param(Made(1, "half a character: \ud800"), "quarantined", id="words that are no text"),
        pytest.param(Made(1, b"\xff"), "quarantined", id="bytes"),  # type: ignore[arg-type]
    ],
)
def test_whatever_is_odd_about_a_letter_is_its_own(odd: Made, status: str) -> None:
    made = staged([Made(1), odd, Made(2)])
    assert [event["status"] for event in made["lineage"].to_pylist()] == ["ok", status, "ok"]
    assert made["made"].num_rows == (3 if status == "ok" else 2)
    assert "character" not in str(made["lineage"]["error_message"].to_pylist())


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(OSError(errno.EIO, "I/O error"), id="disk"),
        pytest.param(MemoryError(), id="memory"),
        pytest.param(LakeError(Code.LAKE_DAMAGED, "a file of the stage"), id="lake"),
    ],
)
def test_a_fault_of_the_machine_is_no_letters(fault: Exception) -> None:
    def broken(_: Done) -> dict[str, pa.Table]:
        raise fault

    with pytest.raises(type(fault)):
        staged([Made(1), Made(2)], broken)
