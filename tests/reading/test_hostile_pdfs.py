"""PDFs made to do harm, each among sound letters: it ends under a code or is read, in time, and harms nobody else."""

from __future__ import annotations

import io
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter

from imr.errors import Code, UnreadableError
from imr.reading import pdf
from imr.reading.pdf import MAX_CHARS, MAX_PAGES, read_pdf
from imr.workers.batch import FileLimits, Workers
from tests.reading.in_a_worker import cleaned
from tests.reading.test_pdf import printed
from tests.reliability.mutated_pdfs import packed, stream

LIMITS = FileLimits(seconds=30.0, memory_bytes=1 << 30, backoff_seconds=0.01)
MB = 1 << 20

READ = "read"
NO_TEXT = {Code.NO_TEXT}
DAMAGED = {Code.PDF_DAMAGED}
KILLED = {Code.OUT_OF_MEMORY, Code.WORKER_DIED, Code.TIMED_OUT}
"""Which of them depends on who notices first: the library, the limit on memory or the deadline."""

CATALOG, PAGES, PAGE, CONTENT, FONT, MORE = 1, 2, 3, 4, 5, 6
WORDS = b"BT /F 12 Tf 72 700 Td (some words of a letter) Tj ET "
PLAIN: dict[int, bytes] = {
    CATALOG: b"<< /Type /Catalog /Pages 2 0 R >>",
    PAGES: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    PAGE: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
    CONTENT: stream(WORDS),
    FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
}


def made(changed: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of one page with some words on it, of which some objects are others or more."""
    objects = PLAIN | dict(changed)
    file, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(file)
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    size = max(objects) + 1
    rows = (b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 65535 f \n" for n in range(size))
    table = b"xref\n0 %d\n%btrailer\n<< /Size %d /Root 1 0 R %b >>\n" % (size, b"".join(rows), size, trailer)
    return bytes(file) + table + b"startxref\n%d\n%%%%EOF\n" % len(file)


def page(entries: bytes = b"", box: bytes = b"0 0 612 792") -> bytes:
    return PLAIN[PAGE].replace(b"0 0 612 792", box)[:-2] + entries + b" >>"


def kids(count: bytes, *numbers: int) -> bytes:
    return b"<< /Type /Pages /Count %b /Kids [%b] >>" % (count, b" ".join(b"%d 0 R" % number for number in numbers))


def swollen(megabytes: int, times: int = 1) -> bytes:
    """A stream that grows to so many megabytes of blanks, packed several times over."""
    packer = zlib.compressobj(9)
    first, same = (packer.compress(b" " * MB) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    data = first + same * (megabytes - 1) + b"\x03\x00"
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * times
    return b"<< /Length %d /Filter [%b] >>\nstream\n%b\nendstream" % (len(data), filters, data)


def form(content: bytes, inner: int) -> bytes:
    resources = b"/Resources << /Font << /F 5 0 R >> /XObject << /X %d 0 R >> >>" % inner
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] " + resources)


def laughing(levels: int, width: int) -> bytes:
    """A form that shows a form ten times that shows a form ten times: a billion words in a few lines."""
    forms = {MORE + n: form(b"/X Do " * width, MORE + n + 1) for n in range(levels)}
    last = {MORE + levels: form(WORDS, MORE)}
    return made({PAGE: page(b"/Resources << /XObject << /X 6 0 R >> >>"), CONTENT: stream(b"/X Do"), **forms, **last})


def tall_tree(levels: int) -> bytes:
    """A page that hangs below so many levels of pages."""
    nodes = [PAGES, *range(10, 10 + levels)]
    return made({node: kids(b"1", child) for node, child in zip(nodes, [*nodes[1:], PAGE], strict=True)})


def font_that_multiplies(times: int) -> bytes:
    """A font whose letter `a` stands for thousands of letters, and a page full of it."""
    cmap = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <61> <%b> endbfchar" % (b"0061" * times)
    content = b"BT /F 12 Tf 72 700 Td " + (b"(" + b"a" * 30_000 + b") Tj ") * 30 + b"ET"
    font = PLAIN[FONT][:-2] + b"/ToUnicode 6 0 R >>"
    return made({CONTENT: stream(content), FONT: font, MORE: stream(cmap)})


def table_that_points_at(place: Callable[[bytes], int]) -> bytes:
    """A file whose table of objects says that an older one stands at a place."""
    data = made({}, b"/Prev 0000000000")
    return data.replace(b"/Prev 0000000000", b"/Prev %010d" % place(data))


def tables_in_a_ring() -> bytes:
    """Two tables of objects, each older than the other."""
    data = table_that_points_at(len)
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\n" % data.index(b"xref\n0")
    return data + table + b"startxref\n%d\n%%%%EOF\n" % len(data)


def repacked(old: bytes, new: bytes) -> bytes:
    """A file with object streams, in which the stream of objects or the table, its last two, are otherwise."""
    data = packed(PLAIN, CATALOG)
    assert data.count(old) == 1
    before, table, after = data.replace(old, new).rpartition(b"7 0 obj")
    return before + table + re.sub(rb"startxref\n\d+", b"startxref\n%d" % len(before), after)


BIG = b"2147483647"
NEST = 300_000

HOSTILE: list[tuple[str, Callable[[], bytes], set[str]]] = [
    # streams that grow
    ("200-kB-that-grow-to-200-MB", lambda: made({CONTENT: swollen(200)}), NO_TEXT),
    ("3-MB-that-grow-to-3-GB", lambda: made({CONTENT: swollen(3000)}), KILLED),
    ("600-bytes-that-grow-to-200-MB-by-two-filters", lambda: made({CONTENT: swollen(200, 2)}), NO_TEXT),
    ("800-bytes-that-grow-to-3-GB-by-three-filters", lambda: made({CONTENT: swollen(3000, 3)}), KILLED),
    ("a-thousand-filters", lambda: made({CONTENT: swollen(1).replace(b"/FlateDecode ", b"/FlateDecode " * 1000)}), NO_TEXT),
    ("rows-of-2-billion-columns", lambda: made({CONTENT: stream(WORDS, b"/DecodeParms << /Predictor 12 /Columns %b /Colors 32 >>" % BIG)}), NO_TEXT),
    ("content-named-100,000-times", lambda: made({PAGE: page(b"/Contents [" + b"4 0 R " * 100_000 + b"]"), CONTENT: stream(b" " * MB)}), KILLED),
    # text without end
    ("a-million-words", lambda: made({CONTENT: stream(b"BT /F 12 Tf 72 700 Td " + b"(a)Tj " * MB + b"ET")}), {READ, *KILLED}),
    ("a-page-of-900-kB-shown-400-times", lambda: made({PAGES: kids(b"400", *[PAGE] * 400), CONTENT: stream(b"BT /F 12 Tf 72 700 Td " + (b"(" + b"words " * 500 + b") Tj ") * 300 + b"ET")}), {Code.FILE_TOO_LARGE}),
    ("a-billion-laughs", lambda: laughing(9, 10), KILLED),
    ("a-font-that-multiplies", lambda: font_that_multiplies(20_000), KILLED),
    # pages
    ("as-many-pages-as-there-may-be", lambda: made({PAGES: kids(b"500", *[PAGE] * MAX_PAGES)}), {READ}),
    ("one-page-more", lambda: made({PAGES: kids(b"501", *[PAGE] * (MAX_PAGES + 1))}), {Code.TOO_MANY_PAGES}),
    ("20,000-pages", lambda: made({PAGES: kids(b"20000", *range(10, 20_010)), **dict.fromkeys(range(10, 20_010), page())}), {Code.TOO_MANY_PAGES}),
    ("one-page-said-to-be-400", lambda: made({PAGES: kids(b"400", PAGE)}), DAMAGED),
    ("one-page-said-to-be-2-billion", lambda: made({PAGES: kids(BIG, PAGE)}), {READ}),
    ("one-page-said-to-be-less-than-none", lambda: made({PAGES: kids(b"-5", PAGE)}), {READ}),
    ("pages-that-are-their-own-child", lambda: made({PAGES: kids(b"3", PAGES, PAGES, PAGE)}), DAMAGED),
    ("pages-in-a-ring", lambda: made({PAGES: kids(b"3", MORE, PAGE), MORE: kids(b"2", PAGES, 7), 7: kids(b"2", MORE, PAGES)}), DAMAGED),
    ("parents-in-a-ring", lambda: made({PAGES: kids(b"1", PAGE)[:-2] + b"/Parent 6 0 R >>", MORE: kids(b"1", PAGES)[:-2] + b"/Parent 2 0 R >>", PAGE: page().replace(b"/MediaBox", b"/None")}), {READ}),
    ("a-tree-of-10,000-levels", lambda: tall_tree(10_000), DAMAGED),
    ("a-page-of-100-inches", lambda: made({PAGE: page(box=b"0 0 7200 7200")}), {READ}),
    ("a-page-of-2-billion-points", lambda: made({PAGE: page(box=b"0 0 %b %b" % (BIG, BIG))}), {READ}),
    ("a-page-beyond-all-numbers", lambda: made({PAGE: page(box=b"-1%b 0 1%b 1" % (b"0" * 400, b"0" * 400))}), {READ}),
    ("a-page-of-no-size", lambda: made({PAGE: page(box=b"0 0 0 0")}), {READ}),
    ("a-page-whose-size-is-no-number", lambda: made({PAGE: page(box=b"/a (b) null [[]]")}), {READ}),
    ("a-unit-of-14-million-inches", lambda: made({PAGE: page(b"/UserUnit 1000000000")}), {READ}),
    ("a-picture-of-10-billion-dots", lambda: made({PAGE: page(b"/Resources << /XObject << /X 6 0 R >> >>"), CONTENT: stream(b"612 0 0 792 0 0 cm /X Do"), MORE: swollen(100)[:-2].replace(b"<<", b"<< /Type /XObject /Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceGray /BitsPerComponent 8", 1)}), {Code.NEEDS_OCR}),
    # depth
    ("arrays-in-arrays", lambda: made({MORE: b"[" * NEST + b"]" * NEST, CATALOG: PLAIN[CATALOG][:-2] + b"/X 6 0 R >>"}), {READ}),
    ("arrays-in-arrays-of-a-page", lambda: made({PAGE: page(b"/X " + b"[" * NEST + b"]" * NEST)}), {READ, *DAMAGED}),
    ("dictionaries-in-dictionaries", lambda: made({CATALOG: PLAIN[CATALOG][:-2] + b"/X " + b"<< /A " * NEST + b"1" + b">> " * NEST + b">>"}), {READ, *DAMAGED}),
    ("arrays-in-arrays-of-a-content", lambda: made({CONTENT: stream(b"[" * NEST + WORDS)}), {READ, *NO_TEXT}),
    ("3-MB-of-nothing-but-depth", lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 3_000_000 + b"\n%%EOF\n", DAMAGED | KILLED),
    ("states-in-states-in-states", lambda: made({CONTENT: stream(b"q " * MB + WORDS)}), {READ, *KILLED}),
    ("a-form-that-shows-itself", lambda: made({PAGE: page(b"/Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >>"), CONTENT: stream(WORDS + b"/X Do"), MORE: form(WORDS + b"/X Do", MORE)}), {READ}),
    ("a-font-that-is-set-in-itself", lambda: made({FONT: b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> /Resources << /Font << /F 5 0 R >> >> >>", MORE: stream(b"1 0 0 0 1 1 d1 BT /F 1 Tf (a) Tj ET")}), {READ, *NO_TEXT}),
    # references and tables
    ("a-length-that-is-the-stream", lambda: made({CONTENT: b"<< /Length 4 0 R >>\nstream\n%b\nendstream" % WORDS}), {READ}),
    ("a-length-below-nothing", lambda: made({CONTENT: b"<< /Length -5 >>\nstream\n%b\nendstream" % WORDS}), {READ}),
    ("a-length-beyond-the-file", lambda: made({CONTENT: b"<< /Length 99999999999 >>\nstream\n%b\nendstream" % WORDS}), {READ}),
    ("content-that-refers-to-itself", lambda: made({CONTENT: b"6 0 R", MORE: b"7 0 R", 7: b"6 0 R"}), NO_TEXT),
    ("a-table-that-is-older-than-itself", lambda: table_that_points_at(lambda data: data.index(b"xref\n0")), {READ}),
    ("tables-in-a-ring", tables_in_a_ring, {READ}),
    ("a-table-of-2-billion-objects", lambda: made({}).replace(b"/Size 6", b"/Size " + BIG), {READ}),
    ("a-table-that-begins-at-4-billion", lambda: made({}).replace(b"xref\n0 6", b"xref\n4294967290 6"), {READ}),
    ("object-streams", lambda: packed(PLAIN, CATALOG), {READ}),
    ("object-streams-of-2-billion-objects", lambda: repacked(b"/N 4 ", b"/N %b " % BIG), DAMAGED),
    ("an-object-stream-that-extends-itself", lambda: repacked(b"/ObjStm ", b"/ObjStm /Extends 6 0 R "), {READ}),
    ("a-stream-of-a-table-in-a-ring", lambda: repacked(b"/XRef ", b"/XRef /Prev %d " % packed(PLAIN, CATALOG).index(b"7 0 obj")), {READ}),
    ("a-stream-of-a-table-of-30-million", lambda: repacked(b"/W [1 4 2]", b"/W [1 4 2] /Index [0 30000000]"), {READ}),
    ("a-stream-of-a-table-as-wide-as-2-billion", lambda: repacked(b"[1 4 2]", b"[%b %b %b]" % (BIG, BIG, BIG)), {READ, *DAMAGED}),
    # locks
    ("a-lock-that-nobody-knows", lambda: made({MORE: b"<< /Filter /Nobody /V 99 /R 99 >>"}, b"/Encrypt 6 0 R /ID [() ()]"), DAMAGED | {Code.PDF_PASSWORD}),
    ("a-lock-that-is-locked", lambda: made({MORE: b"<< /Filter /Standard /V 6 0 R /R 6 0 R /O 6 0 R /U 6 0 R /P 6 0 R >>"}, b"/Encrypt 6 0 R /ID [() ()]"), DAMAGED | {Code.PDF_PASSWORD}),
]  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(1, LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def sound(landing: Path) -> Path:
    return landing / "CM24-0900000.pdf"


@pytest.mark.parametrize(("make", "endings"), [pytest.param(make, endings, id=name) for name, make, endings in HOSTILE])
def test_a_hostile_pdf_harms_nobody_else(
    pool: Workers, sound: Path, tmp_path: Path, make: Callable[[], bytes], endings: set[str]
) -> None:
    hostile = tmp_path / "hostile.pdf"
    hostile.write_bytes(make())
    began = time.perf_counter()
    first, bad, *others = pool.call(cleaned, [(str(path),) for path in (sound, hostile, *[sound] * 14)], lambda _: None)
    seconds = time.perf_counter() - began
    assert (bad.error.code if bad.error else READ) in endings
    assert {outcome.result for outcome in others} == {first.result}
    assert first.error is None
    assert seconds < 2 * LIMITS.seconds + 5  # once among others and once alone


def test_nothing_that_a_pdf_asks_for_is_done(pool: Workers, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    launch = b"<< /S /Launch /F (/usr/bin/touch) /Unix << /F (touch) /P (%b) >> >>" % bytes(touched)
    script = b"<< /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1/'\\); while\\(true\\) {}) >>"
    actions = b"/OpenAction %b /AA << /WC %b /O %b >> /Names << /JavaScript << /Names [(a) %b] >> >> >>"
    catalog = PLAIN[CATALOG][:-2] + actions % (launch, script, script, script)
    asking = tmp_path / "asking.pdf"
    asking.write_bytes(made({CATALOG: catalog, PAGE: page(b"/AA << /O %b /C %b >>" % (launch, script))}))
    (outcome,) = pool.call(cleaned, [(str(asking),)], lambda _: None)
    assert outcome.result == "some words of a letter"
    assert not touched.exists()
    assert not {"V8", "XFA"} & set(pypdfium2.PDFIUM_INFO.flags)  # the library cannot even run scripts


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_every_lock_without_a_user_password_is_opened(algorithm: str) -> None:
    if algorithm.startswith("AES"):
        pytest.importorskip("cryptography")
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made({}))))
    writer.encrypt("", "owner", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    assert read_pdf(file.getvalue()).text == "some words of a letter"


def test_more_text_than_any_letter_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_CHARS > MAX_PAGES * 5_000
    monkeypatch.setattr(pdf, "MAX_CHARS", 10)
    assert read_pdf(printed("12345", "12345")).page_count == 2
    with pytest.raises(UnreadableError) as caught:
        read_pdf(printed("12345", "12345", "1"))
    assert caught.value.code == Code.FILE_TOO_LARGE
