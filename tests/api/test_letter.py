"""`imr.read_letter`: a letter's records as a run publishes them, each value with its words."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import imr
from imr.api import reading
from imr.steps import CleanLetter, clean_letter

LETTERS = ("CM14-0900004.pdf", "CM18-0900000.txt", "CM24-0900005.pdf", "notice-of-2013.pdf", "22b8934bf1318066.txt")


@pytest.fixture(scope="module", params=LETTERS)
def letter(request: pytest.FixtureRequest, landing: Path) -> imr.Letter:
    return imr.read_letter(landing / request.param)


def test_every_value_shows_the_words_it_was_read_from(letter: imr.Letter) -> None:
    assert len(letter.values) > 10
    for value in letter.values:
        if value.span is None or value.raw_span is None:
            assert (value.method, value.words) == ("file_name", None)
            continue
        assert letter.words(value.span) == value.words
        assert value.page is None or value.page >= 1
        if value.method == "exact" and value.field == "treatment_request":
            assert value.words == value.value
            assert letter.raw_text[value.raw_span.start : value.raw_span.end].split() == value.value.split()


def test_every_value_belongs_to_one_record(letter: imr.Letter) -> None:
    records = [letter.case, *letter.decisions, *letter.drugs, *letter.citations]
    found = [value for record in records for value in letter.values_of(record)]
    assert sorted(map(repr, found)) == sorted(map(repr, letter.values))
    for record in records:
        for value in letter.values_of(record):
            assert hasattr(record, value.field)
            assert value in letter.values_of(record, value.field)


def test_sections_are_in_order_and_their_words_are_the_letters(letter: imr.Letter) -> None:
    starts = [section.start for section in letter.sections]
    assert starts == sorted(starts)
    assert letter.words(letter.sections[0]) == letter.text[letter.sections[0].start : letter.sections[0].end]


def test_a_letter_is_shown_without_its_text(letter: imr.Letter) -> None:
    assert repr(letter) == f"<Letter {letter.case.case_number or letter.source_name}: {letter.case.outcome}, " + (
        f"{len(letter.decisions)} decisions>"
    )


def test_a_path_may_be_text(landing: Path) -> None:
    path = landing / "CM18-0900000.txt"
    assert imr.read_letter(str(path)) == imr.read_letter(path)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        pytest.param("damaged-letter.pdf", imr.Code.PDF_DAMAGED, id="damaged"),
        pytest.param("parking-notice.txt", imr.Code.UNKNOWN_FORMAT, id="no letter"),
    ],
)
def test_what_cannot_be_read_says_why(landing: Path, file: str, code: imr.Code) -> None:
    with pytest.raises(imr.LetterError) as caught:
        imr.read_letter(landing / file)
    assert caught.value.code == code


def test_a_file_that_is_not_there_is_no_letter_at_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        imr.read_letter(tmp_path / "nowhere.pdf")


def test_threads_read_one_after_the_other(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pdfium is not thread-safe: threads that read at the same time may crash the process."""
    inside, met = threading.Semaphore(1), list[bool]()

    def alone(path: Path) -> CleanLetter:
        met.append(inside.acquire(blocking=False))
        time.sleep(0.01)
        try:
            return clean_letter(path)
        finally:
            if met[-1]:
                inside.release()

    monkeypatch.setattr(reading, "clean_letter", alone)
    paths = [landing / "CM14-0900004.pdf", landing / "CM24-0900005.pdf"] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(imr.read_letter, paths))
    assert all(met)
    assert [letter.source_name for letter in found] == [path.name for path in paths]
