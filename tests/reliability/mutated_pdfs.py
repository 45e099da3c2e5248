"""What becomes of damaged PDFs: `python -m tests.reliability.mutated_pdfs [--count N] [--seed S] [FOLDER]`.

PDFs of our own making, or those of a folder, are damaged byte by byte and taken through the steps in the product's own
workers, under its own limits. Every one must be published or refused under a code that is not a fault of ours, in time
and in memory; sound letters stand between them and must come out as if they were alone. Prints one line of figures,
and a line for everything that was otherwise; then the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import random
import re
import struct
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import psutil
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, StreamObject

from imr.errors import Code
from imr.fingerprint import LETTER_STEPS
from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.lake.stage import StageStore
from imr.publication.batch_steps.steps import letter_step, staged_tables
from imr.publication.batches import LetterBatch, in_batches
from imr.records import LetterRef, Outcome
from imr.synthetic.writing import write_letters
from imr.workers.batch import FileLimits, Workers

LANDING = Path(__file__).parents[2] / "data_lake" / "landing"
GENERATED = 40
BATCH = 448
SOUND_EVERY = 7
"""After so many damaged files stands a sound one: two of them in each chunk that a worker is given."""
GRACE_MS = 1000
PUBLISHED = "published"
DEATHS = frozenset({Code.WORKER_DIED, Code.TIMED_OUT})
REFUSALS = frozenset(Code) - {Code.INTERNAL_ERROR, Code.INVALID_ROWS, Code.BATCH_FAILED}
"""What a file may be refused under; all else would be a fault of ours."""

Mutation = Callable[[bytes, bytes, random.Random], bytes]
"""Damages a PDF; the second one is there to take parts from."""

_NUMBER = re.compile(
    rb"(?:/(?:Length|Kids|Count|Size|Prev|Root|Parent|Pages|Contents|First|N|W|Index|Columns|Predictor|MediaBox)"
    rb"[\s\[]*|startxref\s+|\n)(-?\d+)"  # a line begins with a number in the table of objects, and at each object
)
_STREAM = re.compile(rb">>\s*stream\r?\n(.*?)\s*endstream", re.DOTALL)
_WHOLE_STREAM = re.compile(rb"(>>\s*stream\r?\n.*?)\s*endstream", re.DOTALL)
_OBJECT = re.compile(rb"^(\d+) 0 obj\s+(.*?)\s+endobj", re.DOTALL | re.MULTILINE)
_NAME = re.compile(rb"/[A-Z][A-Za-z]+")
_END = b"\n%%EOF\n"
_BLANKS = 1 << 20


def flipped(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Some bits are the other way round."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 10, 100))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """The end, the beginning or a stretch is missing."""
    low, high = _stretch(data, rng)
    return rng.choice((data[:low], data[high:], data[:low] + data[high:]))


def spliced(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """It begins as one file and ends as another."""
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def repeated(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """A stretch stands there several times."""
    low, high = _stretch(data, rng)
    return data[:high] + data[low:high][:10_000] * rng.choice((1, 1, 5, 50)) + data[high:]


def struck(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """A stretch is any bytes, or was never written."""
    low, high = _stretch(data, rng)
    return data[:low] + rng.choice((bytes(high - low), rng.randbytes(high - low))) + data[high:]


def renumbered(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Lengths, counts, places and references are other numbers."""
    for _ in range(rng.choice((1, 3, 10))):
        numbers = (-1, 0, rng.randrange(20), rng.randrange(len(data)), 2**31 - 1, 2**32, 10**20)
        data = _replaced(_NUMBER, data, b"%d" % rng.choice(numbers), rng)
    return data


def renamed(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Types, filters and keys are called as others are."""
    for _ in range(rng.choice((1, 3, 10))):
        data = _replaced(_NAME, data, rng.choice(_NAME.findall(other) or [b"/Page"]), rng)
    return data


def restreamed(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """A stream is another file's, or noise, or nothing."""
    stream = rng.choice(_STREAM.findall(other) or [b""])
    return _replaced(_STREAM, data, rng.choice((stream, rng.randbytes(500), b"")), rng)


def swollen(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """A stream grows a thousandfold when it is unpacked: to 1, 100 or 3,000 megabytes of blanks."""
    packer = zlib.compressobj(9)
    first, same = (packer.compress(b" " * _BLANKS) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    packed = first + same * rng.choice((1, 1, 1, 1, 1, 1, 100, 3000))
    return _replaced(_WHOLE_STREAM, data, b"/Filter /FlateDecode /Length %d >> stream\n" % len(packed) + packed, rng)


def reframed(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """What a file begins or ends with is missing, misspelt or there twice."""
    mark = rng.choice((b"%PDF-1", b"xref", b"trailer", b"startxref", b"%%EOF", b"/Root", b"endobj", b"endstream"))
    return data.replace(mark, rng.choice((b"", mark.swapcase(), mark * 2, b"\n" + rng.randbytes(9))))


MUTATIONS: tuple[Mutation, ...] = (
    flipped, cut, spliced, repeated, struck, renumbered, renamed, restreamed, swollen, reframed,
)  # fmt: skip


def _stretch(data: bytes, rng: random.Random) -> tuple[int, int]:
    low = rng.randrange(len(data))
    return low, min(len(data), low + rng.choice((1, 10, 100, 1000, len(data))))


def _replaced(pattern: re.Pattern[bytes], data: bytes, by: bytes, rng: random.Random) -> bytes:
    """One match, or its group if it has one, is something else now."""
    found = list(pattern.finditer(data))
    if not found:
        return data
    low, high = rng.choice(found).span(pattern.groups)
    return data[:low] + by + data[high:]


def mutant(originals: Sequence[bytes], seed: int, number: int) -> bytes:
    """The damaged file of a number: one to three of the mutations above, the same ones for the same number."""
    rng = random.Random(f"{seed} {number}")
    data = originals[number % len(originals)]
    for mutation in rng.choices(MUTATIONS, k=rng.choice((1, 1, 2, 3))):
        data = mutation(data, rng.choice(originals), rng) or b"\n"
    # A file without its end mark is refused unread: most get one, for the damage to be read.
    return data if rng.random() < 0.2 else data + _END


def originals_of(folder: Path | None) -> list[bytes]:
    """The PDFs of a folder, or samples of our own; each as it is, laid open, and packed as the public letters are."""
    with tempfile.TemporaryDirectory() as made:
        if folder is None:
            write_letters(Path(made), GENERATED, form="pdf")
        places = [folder] if folder else [LANDING, Path(made)]
        found = [path.read_bytes() for place in places for path in sorted(place.rglob("*.pdf"))]
    return [version for data in found for version in (data, laid_open(data), repacked(laid_open(data)))]


def laid_open(data: bytes) -> bytes:
    """The same PDF neither encrypted nor compressed, where that can be had: damage then hits what is inside."""
    try:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
        for page in writer.pages:
            if isinstance(contents := page.get("/Contents"), StreamObject):
                page.replace_contents(_unpacked(contents))
    except Exception:  # whatever it stumbles over in a folder of any PDFs
        return data
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _unpacked(contents: StreamObject) -> StreamObject:
    plain = DecodedStreamObject()
    plain.set_data(contents.get_data())
    return plain


def repacked(data: bytes) -> bytes:
    """The same PDF with object streams, if its objects lie open."""
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    root = re.search(rb"/Root (\d+) 0 R", data)
    return packed(objects, int(root[1])) if objects and root else data


def packed(objects: Mapping[int, bytes], root: int) -> bytes:
    """A PDF of these objects: those without a stream, and the table of all, stand in compressed streams."""
    inside = {number: body for number, body in objects.items() if b"stream" not in body}
    outside = {number: body for number, body in objects.items() if number not in inside}
    holder, table = max(objects) + 1, max(objects) + 2
    starts = accumulate((len(body) + 1 for body in inside.values()), initial=0)
    head = b"".join(b"%d %d " % pair for pair in zip(inside, starts, strict=False))
    outside[holder] = stream(
        head + b" ".join(inside.values()), b"/Type /ObjStm /N %d /First %d" % (len(inside), len(head))
    )
    file, rows = b"%PDF-1.7\n", {number: (2, holder, place) for place, number in enumerate(inside)}
    for number, body in outside.items():
        rows[number] = (1, len(file), 0)
        file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows[table] = (1, len(file), 0)
    data = b"".join(struct.pack(">BIH", *rows.get(number, (0, 0, 0))) for number in range(table + 1))
    entries = b"/Type /XRef /W [1 4 2] /Size %d /Root %d 0 R" % (table + 1, root)
    return file + b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, stream(data, entries), len(file))


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """The body of an object that is a compressed stream."""
    packed = zlib.compress(data)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (entries, len(packed), packed)


Trip = list[Outcome[str]]
"""The outcomes of one file's steps, as far as it got."""


def taken_through(pool: Workers, paths: Sequence[Path]) -> list[Trip]:
    """Take files through the steps that read letters, as the flow does. Equal files are one letter."""
    with tempfile.TemporaryDirectory() as root:
        lake = LakeLayout(Path(root))
        ids = [RawStore(lake.raw).put(path.read_bytes(), ".pdf") for path in paths]
        refs = [
            LetterRef(name, ".pdf", "", "letter.pdf", path.stat().st_size)
            for name, path in zip(ids, paths, strict=True)
        ]
        batch = LetterBatch(1, list({ref.document_id: ref for ref in refs}.values()))
        trips: dict[str, Trip] = {name: [] for name in ids}
        for name in LETTER_STEPS:
            step = letter_step(lake, batch, name)
            work = step.prepare()
            ran = pool.run(step.job(work.given, work.letters), work.letters, _quiet)
            StageStore(lake.stage).put(name, batch.key(name), staged_tables(step, work, ran), in_parts=step.in_parts)
            for ref, outcome in zip(work.letters, ran.outcomes, strict=True):
                trips[ref.document_id].append(outcome)
        return [trips[name] for name in ids]


def _quiet(_: int) -> None:
    """Nobody looks on."""


@dataclass
class Tally:
    """What was seen of `count` damaged files and of the sound ones between them."""

    count: int
    limits: FileLimits
    endings: Counter[str] = field(default_factory=Counter)
    milliseconds: list[int] = field(default_factory=list)
    """Of each damaged file's slowest step, but for those that killed their worker: nobody was left to tell."""
    recovered: int = 0
    """Files whose worker was lost, by whosever fault, and that came to another end alone."""
    sound: int = 0
    peak_bytes: int = 0
    faults: list[str] = field(default_factory=list)

    def enter(self, number: int, trip: Trip) -> None:
        """Note what became of a damaged file."""
        error = trip[-1].error
        self.endings[error.code if error else PUBLISHED] += 1
        if error and error.code not in REFUSALS:
            self.faults.append(f"{error.code} by number {number}: {error.message}")
        if not error or error.code != Code.WORKER_DIED:
            self.milliseconds.append(max(outcome.attempts[-1].duration_ms for outcome in trip))
        self.recovered += was_recovered(trip)

    def enter_sound(self, name: str, trip: Trip, sha256: str) -> None:
        """Note what became of a sound file, which gave `sha256` before there were damaged ones."""
        self.sound += 1
        if trip[-1].error or trip[-1].result != sha256:
            self.faults.append(f"{name} is sound but ended otherwise than before")
        self.recovered += was_recovered(trip)

    def anomalies(self) -> list[str]:
        """Everything that must not be, in words."""
        ended, slowest = sum(self.endings.values()), max(self.milliseconds, default=0)
        checks = (
            (ended != self.count, f"{ended} of {self.count} damaged files came to an end"),
            (not self.sound, "no sound file stood between them"),
            (slowest > self.limits.seconds * 1000 + GRACE_MS, f"a file took {slowest} ms"),
            (self.peak_bytes > self.limits.memory_bytes, f"a worker took {self.peak_bytes} bytes"),
        )
        return [*self.faults, *(words for wrong, words in checks if wrong)]

    def line(self) -> str:
        """The figures, in one line."""
        times = sorted(self.milliseconds) or [0]
        p50, p99 = (times[int(len(times) * share)] for share in (0.5, 0.99))
        refused = ", ".join(f"{code} {n:,}" for code, n in self.endings.most_common() if code != PUBLISHED)
        return (
            f"{self.count:,} damaged PDFs: {self.endings[PUBLISHED]:,} published, refused: {refused or 'none'}; "
            f"p50 {p50} ms, p99 {p99} ms, max {times[-1]:,} ms of {self.limits.seconds * 1000:,.0f}; "
            f"a worker's memory at most {self.peak_bytes >> 20:,} of {self.limits.memory_bytes >> 20:,} MiB; "
            f"{sum(self.endings[code] for code in DEATHS)} killed their worker, {self.recovered:,} others that it held "
            f"recovered; {self.sound:,} sound ones between them; {len(self.anomalies())} anomalies"
        )


def was_recovered(trip: Trip) -> bool:
    """Whether a file lost its worker, and came to another end when it was tried again."""
    lost = [attempt.error is not None and attempt.error.code in DEATHS for step in trip for attempt in step.attempts]
    return any(lost) and not lost[-1]


@contextlib.contextmanager
def watched(tally: Tally) -> Iterator[None]:
    """Note the greatest resident memory of any worker while the block runs."""
    stop = threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not stop.wait(0.05):
            for process in me.children(recursive=True):
                with contextlib.suppress(psutil.Error):  # it may be gone by now
                    tally.peak_bytes = max(tally.peak_bytes, process.memory_info().rss)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()


def run(count: int, seed: int, folder: Path | None = None) -> Tally:
    """Damage files, take them through the steps, and give the tally."""
    tally, originals = Tally(count, FileLimits()), originals_of(folder)
    with tempfile.TemporaryDirectory() as made, Workers(limits=tally.limits) as pool, watched(tally):
        sound = sound_ones(pool, originals, Path(made))
        try:
            for numbers in in_batches(range(count), BATCH):
                take_batch(pool, {n: mutant(originals, seed, n) for n in numbers}, sound, tally)
        except Exception as error:
            tally.faults.append(f"a whole batch failed: {type(error).__name__}")
    return tally


def sound_ones(pool: Workers, originals: Sequence[bytes], folder: Path) -> dict[Path, str]:
    """The originals that are published, as files, each with the hash of what it gives."""
    paths = [folder / f"sound-{number}.pdf" for number in range(len(originals))]
    for path, data in zip(paths, originals, strict=True):
        path.write_bytes(data)
    trips = zip(paths, taken_through(pool, paths), strict=True)
    return {path: trip[-1].result for path, trip in trips if not trip[-1].error}


def take_batch(pool: Workers, damaged: Mapping[int, bytes], sound: Mapping[Path, str], tally: Tally) -> None:
    """Take one batch of damaged files through the steps, with sound ones between them, and enter what they became."""
    folder = next(iter(sound)).parent
    paths: list[Path] = []
    for place, (number, data) in enumerate(damaged.items()):
        if place % SOUND_EVERY == 0:
            paths.append(list(sound)[number % len(sound)])
        paths.append(folder / f"{number}.pdf")
        paths[-1].write_bytes(data)
    for path, trip in zip(paths, taken_through(pool, paths), strict=True):
        if path in sound:
            tally.enter_sound(path.name, trip, sound[path])
        else:
            tally.enter(int(path.stem), trip)
            path.unlink()


def main() -> int:
    """Run, print the line of figures and all anomalies, and say by the exit code whether there were any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="PDFs to damage instead of our own")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.folder and not any(options.folder.rglob("*.pdf")):
        parser.error("there is no PDF in that folder")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # one of our samples is damaged, as it should be
    began = time.perf_counter()
    tally = run(options.count, options.seed, options.folder)
    print(f"{tally.line()}; {time.perf_counter() - began:.0f} s")
    for anomaly in tally.anomalies():
        print(f"anomaly: {anomaly}")
    return 1 if tally.anomalies() else 0


if __name__ == "__main__":
    sys.exit(main())
