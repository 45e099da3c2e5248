"""Recognising pages: what is done to them, what is refused, what is kept, and whole scanned letters."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from imr.errors import Code, LakeError, ResourceError, UnreadableError, UnsupportedError
from imr.reading.confidence import mean_of_pages, printed_numbers, reading_warnings
from imr.reading.ocr import recognition
from imr.reading.ocr.cache import OcrCache, document_cache
from imr.reading.ocr.engine import DPI, Image, OcrLine, OcrPage, is_speck, page_of
from imr.reading.ocr.preparation import SIDES, is_blank, prepared, skew, without_rules
from imr.reading.ocr.recognition import Recogniser
from imr.reading.ocr.tesseract import tesseract
from imr.reading.read import read
from imr.records import PageConfidence, RawText
from imr.steps import clean_letter, extract_letter, scan_letter, split_letter
from imr.synthetic.degrade import Level, write_scans
from imr.warnings import WarningCode

WORDS = "The request for twelve visits of physical therapy is not medically necessary."


def _picture(lines: int = 20, size: tuple[int, int] = (1700, 2200)) -> PillowImage.Image:
    """A page with lines of text, at 200 dpi."""
    picture = PillowImage.new("L", size, 255)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(34)
    for number in range(lines):
        draw.text((150, 150 + 60 * number), WORDS, fill=0, font=font)
    return picture


def _page(lines: int = 20) -> Image:
    return np.asarray(_picture(lines))


def _pdf(*pages: PillowImage.Image | str) -> bytes:
    """A PDF whose pages are pictures or lines of text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, (612, 792), invariant=True)
    for page in pages:
        if isinstance(page, str):
            for number in range(10):
                canvas.drawString(72, 700 - 14 * number, page)
        else:
            canvas.drawImage(ImageReader(page), 0, 0, 612, 792)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("angle", [-1.8, -0.7, 0.0, 0.4, 1.5])
def test_a_page_that_lies_askew_is_turned_back(angle: float) -> None:
    turn = cv2.getRotationMatrix2D((850, 1100), angle, 1.0)
    askew = cv2.warpAffine(_page(), turn, (1700, 2200), borderValue=(255,)).astype(np.uint8)
    assert skew(askew) == pytest.approx(-angle, abs=0.15)


def test_a_page_is_brought_to_the_engines_resolution_and_to_white() -> None:
    grey = (_page() * 0.7 + 50).astype(np.uint8)
    page = prepared(grey, 200)
    assert page.shape == (2200 * DPI // 200, 1700 * DPI // 200)
    assert np.median(page) == 255


def test_the_lines_of_a_table_go_and_its_letters_stay() -> None:
    page = _page().copy()
    cleared = page.copy()
    page[100:103, 100:1600] = 0
    page[100:1400, 100:103] = 0
    assert np.abs(without_rules(page).astype(int) - cleared).mean() < 0.5


@pytest.mark.parametrize(("lines", "blank"), [(0, True), (1, False), (20, False)])
def test_a_page_of_noise_is_blank(lines: int, blank: bool) -> None:
    noise = np.random.default_rng(1).normal(0, 20, (2200, 1700))
    noisy = np.clip(_page(lines) * 0.8 + 40 + noise, 0, 255).astype(np.uint8)
    assert is_blank(prepared(noisy, 200)) is blank


@pytest.mark.parametrize(
    ("word", "confidence", "speck"),
    [
        *(("_", 90, True), ("|", 85, True), ("=", 99, True), (".", 80, True), ("—", 40, True)),
        *(("—", 90, False), ("&", 50, False), ("#60", 10, False), ("a", 0, False), ("•", 50, False)),
    ],
)
def test_specks(word: str, confidence: float, speck: bool) -> None:
    assert is_speck(word, confidence) is speck


def test_a_page_tells_its_paragraphs_and_its_confidence() -> None:
    tops = [0, 50, 100, 200, 250]
    lines = [OcrLine(f"line {n}", top, top + 40, (90.0, 50.0)) for n, top in enumerate(tops)]
    page = page_of(lines[::-1], "an engine")
    assert page.text == "line 0\nline 1\nline 2\n\nline 3\nline 4"
    assert (page.confidence, page.low_share, page.words) == (70, 0.5, 10)
    assert page_of([], "an engine") == OcrPage("", None, None, 0, "an engine")


def test_the_engine_reads_a_page() -> None:
    text = page_of(tesseract().lines(prepared(_page(3), 200), 60), "t").text
    assert text.splitlines() == [WORDS] * 3


def test_an_engine_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(ResourceError) as caught:
        tesseract().lines(prepared(_page(), 200), 0.001)
    assert caught.value.code == Code.TIMED_OUT


class FakeEngine:
    """Says what it is told to, and counts how often it is asked."""

    def __init__(self, name: str, words: str, confidence: float) -> None:
        self.name, self.words, self.confidence, self.asked = name, words, confidence, 0

    def lines(self, image: Image, seconds: float) -> list[OcrLine]:
        self.asked += 1
        return [OcrLine(self.words, 0, 40, tuple(self.confidence for _ in self.words.split()))]


def seen_by(name: str) -> str:
    return " ".join(f"the words that the {name} engine can see on line {number}" for number in range(3))


Engines = Callable[..., tuple[FakeEngine, FakeEngine]]


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    def install(first: float, second: float) -> tuple[FakeEngine, FakeEngine]:
        names = ("first", "second")
        both = tuple(FakeEngine(n, seen_by(n), sure) for n, sure in zip(names, (first, second), strict=True))
        monkeypatch.setattr(recognition, "tesseract", lambda: both[0])
        monkeypatch.setattr(recognition, "rapid_ocr", lambda: both[1])
        return both

    return install


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        pytest.param(95, 99, "first", id="the first is sure"),
        pytest.param(20, 95, "second", id="only the second is sure"),
        pytest.param(20, 20, "first", id="neither is sure"),
    ],
)
def test_a_page_in_doubt_is_read_by_the_second_engine(
    engines: Engines, tmp_path: Path, first: float, second: float, taken: str
) -> None:
    both = engines(first, second)
    raw = read(_pdf(_picture()), Recogniser(OcrCache(tmp_path)))
    assert raw.text == seen_by(taken)
    assert [engine.asked for engine in both] == [1 if first > 60 else 1 + len(SIDES), int(first < 60)]


def test_no_page_is_recognised_twice(engines: Engines, tmp_path: Path) -> None:
    both = engines(20, 30)
    data = _pdf(_picture(), _picture(5))
    readings = [read(data, Recogniser(document_cache(tmp_path, "ab12"))) for _ in range(3)]
    assert readings[0] == readings[1] == readings[2]
    tried = 2 * (1 + len(SIDES))
    assert [engine.asked for engine in both] == [tried, 2]
    assert len(list((tmp_path / "ab" / "ab12").iterdir())) == tried + 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"text": "x"}', b"\xff"])
def test_a_kept_page_that_is_not_whole_is_recognised_again(tmp_path: Path, content: bytes) -> None:
    cache, page = OcrCache(tmp_path), OcrPage("text", 90.0, 0.0, 1, "engine")
    assert cache.get(0, "engine") is None
    cache.put(0, page)
    assert cache.get(0, "engine") == page
    assert (cache.get(0, "another"), cache.get(1, "engine")) == (None, None)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert cache.get(0, "engine") is None


def test_a_letter_of_both_kinds_of_pages_is_mixed(engines: Engines, tmp_path: Path) -> None:
    engines(50, 50)
    raw = read(_pdf(WORDS, _picture(), WORDS), Recogniser(OcrCache(tmp_path)))
    assert (raw.text_origin, raw.page_count) == ("mixed", 3)
    assert [page is None for page in raw.ocr] == [True, False, True]
    assert list(reading_warnings(raw)) == [WarningCode.PAGE_UNREAD, WarningCode.OCR_LOW_CONFIDENCE]
    assert read(_pdf(WORDS)).ocr == ()


def test_a_letters_confidence_is_that_of_its_words() -> None:
    pages = (PageConfidence(90.0, 0.0, 300), None, PageConfidence(60.0, 0.5, 100), PageConfidence(None, None, 0))
    assert (mean_of_pages(pages, "mean"), mean_of_pages(pages, "low_share")) == (82.5, 0.125)
    assert mean_of_pages((), "mean") is None
    sure = RawText(
        "", (0,), 1, "application/pdf", "ocr", (PageConfidence(96.0, 0.01, 300), PageConfidence(None, None, 0))
    )
    assert list(reading_warnings(sure)) == []


def bomb(size: tuple[float, float], pixels: tuple[int, int]) -> bytes:
    """A small PDF that says its page or its image is huge."""
    image = f"<</Type/XObject/Subtype/Image/Width {pixels[0]}/Height {pixels[1]}/ColorSpace/DeviceGray/BitsPerComponent 1/Length 10>>"
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>"
    draw = f"{size[0]} 0 0 {size[1]} 0 0 cm /X Do"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
        f"<</Length {len(draw)}>>stream\n{draw}\nendstream", f"{image}stream\n0123456789\nendstream",
    ]  # fmt: skip
    body = "".join(f"{n} 0 obj\n{content}\nendobj\n" for n, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n%%EOF".encode()


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        pytest.param((7200, 7200), (100, 100), id="a page of a hundred inches"),
        pytest.param((612, 792), (60_000, 60_000), id="an image of 60,000 by 60,000"),
    ],
)
def test_a_bomb_is_refused_before_it_is_rendered(
    engines: Engines,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[float, float],
    pixels: tuple[int, int],
) -> None:
    both = engines(90, 90)
    monkeypatch.setattr(pdfium.PdfPage, "render", lambda *_, **__: pytest.fail("rendered"))
    with pytest.raises(UnreadableError) as caught:
        read(bomb(size, pixels), Recogniser(OcrCache(tmp_path)))
    assert caught.value.code == Code.IMAGE_TOO_LARGE
    assert both[0].asked == 0


def test_a_page_that_cannot_be_kept_is_the_disks_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(LakeError, match=r"the lake cannot be written \(ENOSPC\)") as caught:
        OcrCache(tmp_path).put(0, OcrPage("words", 90.0, 0.0, 1, "engine 1"))
    assert caught.value.code == Code.LAKE_WRITE_FAILED


def test_the_scanned_sample_is_read(landing: Path, tmp_path: Path) -> None:
    path = landing / "scanned-letter.pdf"
    with pytest.raises(UnsupportedError) as caught:
        clean_letter(path)
    assert caught.value.code == Code.NEEDS_OCR
    letter = scan_letter(path, None, OcrCache(tmp_path))
    assert (letter.raw.text_origin, letter.raw.page_count) == ("ocr", 1)
    assert len(list(tmp_path.rglob("*.json"))) == 1
    records = extract_letter(letter.clean, split_letter(letter.clean.text, True).letter, path.name, ())
    (case_number,), (outcome,) = records.rows["cases"]["case_number"], records.rows["decisions"]["outcome"]
    assert (case_number, outcome) == ("CM14-0900000", "upheld")


def test_without_the_extra_a_scan_says_what_to_install(
    landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "imr.reading.ocr.recognition", None)
    with pytest.raises(UnsupportedError, match=r"install imr-letters\[ocr\]") as caught:
        scan_letter(landing / "scanned-letter.pdf", None, OcrCache(tmp_path))
    assert caught.value.code == Code.NEEDS_OCR


@pytest.mark.parametrize("level", list(Level))
def test_a_scan_of_a_sample_says_what_the_sample_says(landing: Path, tmp_path: Path, level: Level) -> None:
    """What a letter says once, and of its items, is the same after printing and scanning."""
    name = "CM16-0900000.pdf"
    assert write_scans([landing / name], tmp_path / "scans", level) == 1
    label = json.loads((Path(__file__).parent.parent / "golden" / "landing" / "CM16-0900000.json").read_text())
    letter = scan_letter(tmp_path / "scans" / name, None, OcrCache(tmp_path / "ocr"))
    records = extract_letter(letter.clean, split_letter(letter.clean.text, True).letter, name, ())
    (case,) = ({key: values[0] for key, values in records.rows["cases"].items()},)
    for field in ("case_number", "patient_age", "patient_sex"):
        assert case[field] == label[field]
    assert [str(case[f"{field}_date"]) for field in ("decision", "ur_denial")] == [
        label["decision_date"], label["ur_denial_date"],
    ]  # fmt: skip
    decisions = records.rows["decisions"]
    assert decisions["outcome"] == [item["outcome"] for item in label["decisions"]]


def test_the_same_seed_gives_the_same_scans(landing: Path, tmp_path: Path) -> None:
    letters = [landing / "CM16-0900000.pdf"]
    for name in ("a", "b"):
        write_scans(letters, tmp_path / name, Level.NORMAL, seed=7)
    write_scans(letters, tmp_path / "c", Level.NORMAL, seed=8)
    pages = [_first_page(tmp_path / name / letters[0].name) for name in ("a", "b", "c")]
    assert np.array_equal(pages[0], pages[1])
    assert not np.array_equal(pages[0], pages[2])


def _first_page(path: Path) -> Image:
    with pdfium.PdfDocument(path) as document:
        page: Image = document[0].render(scale=1, grayscale=True).to_numpy().copy()
        return page


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Case Number: CM16-0000001\n...\nfor IMR Case Number CM16-0000001 2", ["CM16-0000001"]),
        ("Case Number: CM16-0000001\n...\nfor IMR Case Number CM16-0000007 2", ["CM16-0000001", "CM16-0000007"]),
        ("for IMR Case Number CM16-00000012", []),
        ("as decided before in CM14-0000003", []),
    ],
)
def test_the_case_numbers_that_pages_print(text: str, numbers: list[str]) -> None:
    assert printed_numbers(text) == numbers
