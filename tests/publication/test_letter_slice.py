"""Rows that cannot be made: one letter ends there, the others of its batch do not notice."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, LakeError
from imr.publication.batch_steps.letter_slice import Done, LetterSlice
from imr.records import LetterRef
from imr.workers.slices import Made as SliceMade


class Made(NamedTuple):
    """What a step made of a letter: a number that may be too large, and words."""

    number: int
    words: str = "x"
    sha256: str = "0" * 64


class Numbers(LetterSlice):
    """Each letter's result is the one of its number."""

    def __init__(self, results: Sequence[Made], fault: Exception | None = None) -> None:
        super().__init__({}, [LetterRef(f"{n:064x}", ".txt", "", f"{n}.txt", 1) for n in range(len(results))])
        self._results, self._fault = results, fault

    def result(self, letter: LetterRef) -> Made:
        return self._results[int(letter.document_id, 16)]

    def tables(self, done: Done) -> dict[str, pa.Table]:
        if done and self._fault:
            raise self._fault
        columns = {
            "document_id": [ref.document_id for ref, _ in done],
            "number": pa.array([made.number for _, made in done], pa.int16()),
            "words": pa.array([made.words for _, made in done], pa.string()),
        }
        return {"made": pa.table(columns)}

    def fitted(self, result: Made) -> Made:
        return result._replace(number=0) if result.words == "doubtful" else result


def made_of(results: Sequence[Made], fault: Exception | None = None) -> SliceMade:
    letters = Numbers(results, fault)
    return letters.made({number: letters.do(number) for number in range(len(results))})


@given(st.lists(st.sampled_from([7, 40_000, 10**30]), max_size=20))
def test_a_letter_of_which_no_rows_can_be_made_ends_alone(numbers: list[int]) -> None:
    made = made_of([Made(number) for number in numbers])
    well = [n for n, number in enumerate(numbers) if number == 7]
    assert list(made.results) == well
    assert {n: error.code for n, error in made.errors.items()} == {
        n: Code.INVALID_ROWS for n in range(len(numbers)) if n not in well
    }
    assert made.tables["made"]["document_id"].to_pylist() == [f"{n:064x}" for n in well]


@pytest.mark.parametrize(
    ("odd", "ends"),
    [
        pytest.param(Made(40_000, "doubtful"), False, id="a number that may be left out"),
        pytest.param(Made(40_000), True, id="a number that may not"),
        pytest.param(Made(1, "half a character: \ud800"), True, id="words that are no text"),
        pytest.param(Made(1, b"\xff"), True, id="bytes"),  # type: ignore[arg-type]
    ],
)
def test_whatever_is_odd_about_a_letter_is_its_own(odd: Made, ends: bool) -> None:
    made = made_of([Made(1), odd, Made(2)])
    assert list(made.errors) == ([1] if ends else [])
    assert made.tables["made"].num_rows == (2 if ends else 3)
    assert "character" not in str(made.errors)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(OSError(errno.EIO, "I/O error"), id="disk"),
        pytest.param(LakeError(Code.LAKE_DAMAGED, "a file of the stage"), id="lake"),
    ],
)
def test_a_fault_of_the_machine_is_no_letters(fault: Exception) -> None:
    with pytest.raises(type(fault)):
        made_of([Made(1), Made(2)], fault)


def test_rows_that_take_too_much_memory_are_their_letters_own() -> None:
    assert {e.code for e in made_of([Made(1), Made(2)], MemoryError()).errors.values()} == {Code.OUT_OF_MEMORY}
