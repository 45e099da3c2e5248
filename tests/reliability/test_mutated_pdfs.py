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
from imr.samples.compose import compose
from imr.samples.pdf import pdf_of
from imr.steps import Records
from imr.workers.batch import Limits
from tests.reliability.mutated_pdfs import (
    MUTATIONS,
    PUBLISHED,
    REFUSALS,
    Account,
    Mutation,
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
    account = run(SHORT, seed=0)
    assert account.anomalies() == []
    assert set(account.endings) <= {PUBLISHED, *REFUSALS}
    assert account.endings[PUBLISHED] > SHORT // 20
    assert account.endings[Code.PDF_DAMAGED] > SHORT // 20


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
    return [Outcome(None if codes[-1] else Records({}, (), sha256), tuple(attempts))]


def calm() -> Account:
    """An account in which nothing is wrong."""
    account = Account(5, Limits(), peak_bytes=1 << 28)
    for number, codes in enumerate(((None,), (Code.PDF_DAMAGED,), (Code.WORKER_DIED, None), (Code.WORKER_DIED,) * 2)):
        account.enter(number, trip(*codes))
    account.enter(4, trip(Code.TIMED_OUT, Code.NO_TEXT))
    account.enter_sound("sound.pdf", trip(None), "a")
    return account


def test_an_account_counts() -> None:
    account = calm()
    assert account.anomalies() == []
    assert account.endings == {PUBLISHED: 2, Code.PDF_DAMAGED: 1, Code.WORKER_DIED: 1, Code.NO_TEXT: 1}
    assert account.recovered == 2
    assert len(account.milliseconds) == 4
    assert (
        "1 killed their worker, 2 others that it held recovered; 1 sound ones between them; 0 anomalies"
        in account.line()
    )


def entered(*codes: Code | None, **more: Any) -> Callable[[Account], Account]:
    def enter(account: Account) -> Account:
        account = replace(account, count=account.count + 1)
        account.enter(5, trip(*codes, **more))
        return account

    return enter


def entered_sound(*codes: Code | None, **more: Any) -> Callable[[Account], Account]:
    def enter(account: Account) -> Account:
        account.enter_sound("sound.pdf", trip(*codes, **more), "a")
        return account

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
def test_an_account_notices_what_is_broken(broken: Callable[[Account], Account], words: str) -> None:
    (anomaly,) = broken(calm()).anomalies()
    assert words in anomaly


def test_a_run_that_breaks_off_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the pool is broken")

    monkeypatch.setattr("tests.reliability.mutated_pdfs.take_batch", fail)
    monkeypatch.setattr("tests.reliability.mutated_pdfs.originals_of", lambda _: SAMPLES)
    assert run(10, seed=0).anomalies()[0] == "a whole batch failed: RuntimeError"
