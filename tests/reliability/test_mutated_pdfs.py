"""Damaged PDFs end published or refused by a code; the long run is `tests.reliability.mutated_pdfs`."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from imr.errors import Code, LetterError
from imr.reading.pdf import read_pdf
from imr.records import Attempt, Outcome
from imr.synthetic.compose import compose
from imr.synthetic.pdf import pdf_of
from imr.workers.batch import FileLimits
from tests.reliability.mutated_pdfs import (
    MUTATIONS,
    PUBLISHED,
    REFUSALS,
    Mutation,
    Tally,
    Trip,
    laid_open,
    mutant,
    repacked,
    run,
)

SHORT = 200
SAMPLES = [pdf_of(compose(0, number)) for number in range(6)]
LAID_OPEN = [laid_open(data) for data in SAMPLES]


def test_no_damage_does_more_than_have_its_file_refused() -> None:
    tally = run(SHORT, seed=0)
    assert tally.anomalies() == []
    assert set(tally.endings) <= {PUBLISHED, *REFUSALS}
    assert tally.endings[PUBLISHED] > SHORT // 20
    assert tally.endings[Code.PDF_DAMAGED] > SHORT // 20


@pytest.mark.parametrize("mutation", [pytest.param(mutation, id=mutation.__name__) for mutation in MUTATIONS])
def test_every_mutation_changes_pdfs(mutation: Mutation) -> None:
    pairs = [(data, mutation(data, SAMPLES[0], random.Random(n))) for n, data in enumerate(LAID_OPEN * 4)]
    assert sum(changed != data for data, changed in pairs) > len(pairs) * 3 // 4


def test_a_number_names_a_mutant() -> None:
    assert mutant(SAMPLES, 0, 7) == mutant(SAMPLES, 0, 7)
    assert len({mutant(SAMPLES, seed, number) for seed in (0, 1) for number in range(10)}) > 15


@pytest.mark.parametrize("version", [laid_open, lambda data: repacked(laid_open(data))], ids=["laid open", "repacked"])
def test_the_versions_of_a_pdf_say_the_same(version: Callable[[bytes], bytes]) -> None:
    for data in SAMPLES:
        assert version(data) != data
        assert read_pdf(version(data)).text == read_pdf(data).text


def trip(*codes: Code | None, milliseconds: int = 5, sha256: str = "a") -> Trip:
    """One step of a file, tried once for each code; None is a try that went well."""
    error = [code and LetterError(code, "a sentence") for code in codes]
    attempts = [Attempt(n, dt.datetime.now(dt.UTC), milliseconds, each) for n, each in enumerate(error, 1)]
    return [Outcome(None if codes[-1] else sha256, tuple(attempts))]


def calm() -> Tally:
    """A tally in which nothing is wrong."""
    tally = Tally(5, FileLimits(), peak_bytes=1 << 28)
    for number, codes in enumerate(((None,), (Code.PDF_DAMAGED,), (Code.WORKER_DIED, None), (Code.WORKER_DIED,) * 2)):
        tally.enter(number, trip(*codes))
    tally.enter(4, trip(Code.TIMED_OUT, Code.NO_TEXT))
    tally.enter_sound("sound.pdf", trip(None), "a")
    return tally


def test_a_tally_counts() -> None:
    tally = calm()
    assert tally.anomalies() == []
    assert tally.endings == {PUBLISHED: 2, Code.PDF_DAMAGED: 1, Code.WORKER_DIED: 1, Code.NO_TEXT: 1}
    assert tally.recovered == 2
    assert len(tally.milliseconds) == 4
    assert (
        "1 killed their worker, 2 others that it held recovered; 1 sound ones between them; 0 anomalies" in tally.line()
    )


def entered(*codes: Code | None, **more: Any) -> Callable[[Tally], Tally]:
    def enter(tally: Tally) -> Tally:
        tally = replace(tally, count=tally.count + 1)
        tally.enter(5, trip(*codes, **more))
        return tally

    return enter


def entered_sound(*codes: Code | None, **more: Any) -> Callable[[Tally], Tally]:
    def enter(tally: Tally) -> Tally:
        tally.enter_sound("sound.pdf", trip(*codes, **more), "a")
        return tally

    return enter


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        pytest.param(entered(Code.INTERNAL_ERROR), "internal_error by number 5: a sentence", id="a fault of ours"),
        pytest.param(entered(Code.BATCH_FAILED), "batch_failed by number 5: a sentence", id="a failed batch"),
        pytest.param(entered(None, milliseconds=62_000), "a file took 62000 ms", id="beyond the deadline"),
        pytest.param(entered_sound(Code.WORKER_DIED), "sound.pdf is sound but ended", id="a neighbour is lost"),
        pytest.param(entered_sound(None, sha256="b"), "sound.pdf is sound but ended", id="a neighbour is changed"),
        pytest.param(lambda it: replace(it, count=6), "5 of 6 damaged files came to an end", id="a file without end"),
        pytest.param(lambda it: replace(it, sound=0), "no sound file stood between", id="no neighbours"),
        pytest.param(
            lambda it: replace(it, peak_bytes=3 << 30), "a worker took 3221225472 bytes", id="too much memory"
        ),
    ],
)
def test_a_tally_notices_what_is_broken(broken: Callable[[Tally], Tally], words: str) -> None:
    (anomaly,) = broken(calm()).anomalies()
    assert words in anomaly


def test_a_run_that_breaks_off_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the pool is broken")

    monkeypatch.setattr("tests.reliability.mutated_pdfs.take_batch", fail)
    monkeypatch.setattr("tests.reliability.mutated_pdfs.originals_of", lambda _: SAMPLES)
    assert run(10, seed=0).anomalies()[0] == "a whole batch failed: RuntimeError"
