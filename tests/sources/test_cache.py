from __future__ import annotations

import datetime as dt
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.records import Attempt, LetterRef, Outcome, ResponseInfo
from imr.sources.cache import forget, letter_refs, note, recall, remember
from imr.sources.fetched import FetchedFile
from imr.sources.fetching import Fetched
from imr.sources.listing import Before, SourceFile

A, B = "a" * 64, "b" * 64


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    lake = LakeLayout(tmp_path)
    for document_id in (A, B):
        path = RawStore(lake.raw).path(document_id, ".pdf")
        path.parent.mkdir(parents=True)
        path.touch()
    return lake


def file(stamp: str = "", name: str = "a.pdf") -> SourceFile:
    return SourceFile(f"https://example.org/{name}", name, stamp)


AT = dt.datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
ATTEMPT = Attempt(3, AT, 250, None, ResponseInfo(200, '"x"', 7))


def fetched(stamp: str = "", etag: str | None = None, document_id: str = A) -> Outcome[Fetched]:
    return Outcome(Fetched(document_id, ".pdf", 7, stamp, etag), (ATTEMPT,))


def noted(lake: LakeLayout, *files: SourceFile) -> list[LetterRef | None]:
    return [file.letter for file in recall(lake, files).noted]


def ref(name: str = "a.pdf", document_id: str = A) -> LetterRef:
    return LetterRef(document_id, ".pdf", f"https://example.org/{name}", name, 7)


def test_what_was_noted_is_not_fetched_again(lake: LakeLayout) -> None:
    note(lake, file(), fetched())
    known = recall(lake, [file(), file(name="b.pdf")])
    assert known.unchanged.num_rows == 0
    assert known.noted == (FetchedFile(file().uri, "a.pdf", ref(), "", ATTEMPT),)
    assert [*known.to_fetch] == [file(name="b.pdf")]


def test_a_file_whose_bytes_are_gone_is_fetched_again(lake: LakeLayout) -> None:
    note(lake, file("1"), fetched("1"))
    remember(lake, [(ref("b.pdf", B), "1")])
    note(lake, file(), fetched())
    shutil.rmtree(lake.raw)
    files = [file("1"), file("1", "b.pdf")]
    known = recall(lake, files)
    assert (known.here, [*known.to_fetch]) == (0, files)


@pytest.mark.parametrize(
    ("stamp", "listed", "known"),
    [
        pytest.param("1", "1", True, id="the-same"),
        pytest.param("1", "2", False, id="changed-since"),
        pytest.param("", "", True, id="nothing-known"),
        pytest.param("", "2", False, id="known-only-now"),
    ],
)
def test_a_note_holds_for_its_stamp(lake: LakeLayout, stamp: str, listed: str, known: bool) -> None:
    note(lake, file(stamp), fetched(stamp))
    assert bool(noted(lake, file(listed))) is known


def test_once_published_a_file_of_which_nothing_is_known_is_asked_for_again(lake: LakeLayout) -> None:
    note(lake, file(), fetched(etag='"1"'))
    remember(lake, [])
    assert [*recall(lake, [file()]).to_fetch] == [file()._replace(before=Before(A, ".pdf", 7, '"1"', None))]
    assert not (lake.stage / "fetched.jsonl").exists()


def test_once_published_a_file_with_the_same_stamp_is_not(lake: LakeLayout) -> None:
    note(lake, file("1"), fetched("1", etag='"1"'))
    remember(lake, [])
    assert letter_refs(recall(lake, [file("1")]).unchanged) == [ref()]
    assert [entry.before is not None for entry in recall(lake, [file("2")]).to_fetch] == [True]


def test_a_file_whose_server_says_nothing_of_it_is_fetched_whole(lake: LakeLayout) -> None:
    note(lake, file(), fetched())
    remember(lake, [])
    assert [*recall(lake, [file()]).to_fetch] == [file()]


def test_the_last_note_of_a_file_holds(lake: LakeLayout) -> None:
    note(lake, file(), fetched(document_id=A))
    note(lake, file(), fetched(document_id=B))
    assert noted(lake, file()) == [ref(document_id=B)]


def test_a_line_that_was_cut_off_is_of_no_file(lake: LakeLayout) -> None:
    note(lake, file(), fetched())
    note(lake, file(name="b.pdf"), fetched())
    path = lake.stage / "fetched.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    assert [entry.name for entry in recall(lake, [file(), file(name="b.pdf")]).to_fetch] == ["b.pdf"]
    note(lake, file(name="c.pdf"), fetched())
    assert noted(lake, file(), file(name="c.pdf")) == [ref(), ref("c.pdf")]


def test_nothing_is_kept_of_a_document_that_is_forgotten(lake: LakeLayout) -> None:
    note(lake, file("1"), fetched("1"))
    note(lake, file("1", "b.pdf"), fetched("1", document_id=B))
    forget(lake, [A])
    assert noted(lake, file("1"), file("1", "b.pdf")) == [ref("b.pdf", B)]
    remember(lake, [])
    forget(lake, [B])
    assert not recall(lake, [file("1"), file("1", "b.pdf")]).here
    assert A not in (lake.stage / "sources.parquet").read_bytes().decode("latin-1")


def test_stamps_written_before_there_were_etags_are_read(lake: LakeLayout) -> None:
    lake.stage.mkdir()
    old = {"source_name": ["x"], "suffix": [".pdf"]} | {"source_uri": [file().uri], "stamp": ["1"]}
    pq.write_table(pa.table({**old, "document_id": [A], "byte_size": [7]}), lake.stage / "sources.parquet")
    assert recall(lake, [file("1")]).unchanged["document_id"].to_pylist() == [A]
    remember(lake, [(ref("b.pdf", B), "1")])
    assert recall(lake, [file("1"), file("1", "b.pdf")]).unchanged.num_rows == 2


def test_notes_of_many_threads_do_not_mix(lake: LakeLayout) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: note(lake, file(name=f"{number}.pdf"), fetched()), range(200)))
    assert len(noted(lake, *(file(name=f"{number}.pdf") for number in range(200)))) == 200
