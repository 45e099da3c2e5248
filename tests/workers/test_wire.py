"""What a worker answers is data: whatever else comes out of its pipe is refused, and it is its own fault."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import struct
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from imr.errors import Code, UnreadableError
from imr.workers import child, wire
from imr.workers.batch import FileLimits, Job, Workers
from imr.workers.slices import Made
from imr.workers.wire import FileAnswer, Reply, told

LIMITS = FileLimits(seconds=20.0, memory_bytes=1 << 30, attempts=2, backoff_seconds=0.01)
ROWS = pa.schema({"document_id": pa.string(), "text": pa.string(), "starts": pa.list_(pa.int32())})


def answer(*results: Any, **more: Any) -> FileAnswer:
    return FileAnswer(dt.datetime.now(dt.UTC), 1, *results, **more)


def rows(document_id: str = "a", text: str = "words") -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"document_id": [document_id], "text": [text], "starts": [[0]]}, schema=ROWS)


def plain(document_id: str = "a") -> bytes:
    """The bytes of a table, as Arrow writes them."""
    return rows(document_id).serialize().to_pybytes()


def of(reply: Reply, *tables: bytes) -> list[bytes]:
    return [msgspec.json.encode(reply), *tables]


def well() -> list[bytes]:
    return of(Reply([answer("done")], ["rows"]), plain())


class Trap:
    """What makes a file where it is loaded."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (self.path,)


def compressed() -> bytes:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, ROWS, options=options) as writer:
        writer.write_batch(rows(text=" " * 1_000_000))
    reader = pa.ipc.MessageReader.open_stream(sink.getvalue())
    reader.read_next_message()
    return reader.read_next_message().serialize().to_pybytes()


def beyond_its_end() -> bytes:
    """A table whose text is said to be longer than it is."""
    starts = rows().serialize().to_pybytes()
    place = starts.rindex(struct.pack("<ii", 0, 5))
    return starts[: place + 4] + struct.pack("<i", 1 << 30) + starts[place + 8 :]


HOSTILE: dict[str, Callable[[str], list[bytes]]] = {
    "a pickle": lambda path: [pickle.dumps(Trap(path))],
    "a pickle among the rows": lambda path: of(Reply([answer("done")], ["rows"]), pickle.dumps(Trap(path))),
    "nothing": lambda _: [b""],
    "half of an answer": lambda _: [well()[0][:-10]],
    "half of the rows": lambda _: [well()[0], plain()[:-40]],
    "no Arrow": lambda _: [well()[0], bytes(1000)],
    "text beyond its end": lambda _: [well()[0], beyond_its_end()],
    "half a character": lambda _: [well()[0], plain().replace(b"words", b"wor\xff\xff")],
    "compressed rows": lambda _: [well()[0], compressed()],
    "rows of another letter": lambda _: [well()[0], plain("b")],
    "an answer too many": lambda _: of(Reply([answer("done")] * 2)),
    "no answer": lambda _: of(Reply([])),
    "a table that nobody asked for": lambda _: of(Reply([answer("done")], ["more"]), plain()),
    "a table twice": lambda _: of(Reply([answer("done")], ["rows", "rows"]), plain(), plain()),
    "a result of another type": lambda _: of(Reply([answer(["done"])])),
    "a code that is none": lambda _: [
        b'{"files":[{"started_at":"2030-01-01T00:00:00Z","duration_ms":1,"error":["x"]}]}'
    ],
    "another day": lambda _: of(Reply([FileAnswer(dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 1, "done")])),
    "a fault of the lake, of one file": lambda _: of(
        Reply([answer(error=wire.Told(Code.LAKE_WRITE_FAILED, "no", transient=False))])
    ),
    "a fault of a file, of the lake": lambda _: of(
        Reply([], fault=told(UnreadableError(Code.EMPTY_FILE, "the file holds nothing")))
    ),
    "deep nesting": lambda _: [b"[" * 200_000],
}


class Answers:
    """A slice for whose files a worker answers as it is told. A good one is told by an empty name."""

    def __init__(self, given: Mapping[str, Any], items: list[list[Any]]) -> None:
        self._given, self._items = given, items

    def do(self, number: int) -> str:
        way = self._items[number][1]
        if way:
            child_pipe = given_pipe()
            if way == "2 GB":
                os.write(child_pipe.fileno(), struct.pack("!iQ", -1, 1 << 31))
            elif way == "less than nothing":
                os.write(child_pipe.fileno(), struct.pack("!i", -7))
            else:
                for message in HOSTILE[way](self._given["trap"]):
                    child_pipe.send_bytes(message)
        return "done"

    def made(self, done: Mapping[int, str]) -> Made:
        ids = [self._items[number][0] for number in done]
        made = {"document_id": ids, "text": ["words"] * len(ids), "starts": [[0]] * len(ids)}
        return Made(done, {}, {"rows": pa.RecordBatch.from_pydict(made, schema=ROWS)})


def given_pipe() -> Connection:
    """The pipe of the worker that this is."""
    import gc

    (pipe,) = (each for each in gc.get_objects() if isinstance(each, Connection) and not each.closed)
    return pipe


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(1, LIMITS) as running:
        yield running


@pytest.mark.parametrize("way", [*HOSTILE, "2 GB", "less than nothing"])
def test_what_is_no_answer_is_refused_and_is_one_files_fault(pool: Workers, tmp_path: Path, way: str) -> None:
    job: Job[str] = Job(Answers, {"trap": str(tmp_path / "sprung")}, str, {"rows": ROWS})
    ran = pool.run(job, [("a", ""), ("a", way), ("c", "")], lambda _: None)
    assert [outcome.error and outcome.error.code for outcome in ran.outcomes] == [None, Code.WORKER_REFUSED, None]
    assert ran.tables["rows"]["document_id"].to_pylist() == ["a", "c"]
    assert not (tmp_path / "sprung").exists()


def test_rows_come_in_the_order_of_their_files_a_chunk_for_each_answer(pool: Workers) -> None:
    job: Job[str] = Job(Answers, {}, str, {"rows": ROWS})
    names = [f"{number:02}" for number in range(40)]
    ran = pool.run(job, [(name, "") for name in names], lambda _: None)
    assert ran.tables["rows"]["document_id"].to_pylist() == names
    assert ran.tables["rows"].column(0).num_chunks == 3
    assert ran.tables["rows"].schema.equals(ROWS)


@pytest.mark.parametrize(
    ("sizes", "chunks"),
    [
        pytest.param(None, [16, 16, 8], id="not asked"),
        pytest.param([1] * 40, [16, 16, 8], id="small"),
        pytest.param([4 << 20] * 40, [2] * 20, id="large"),
        pytest.param([9 << 20] * 40, [1] * 40, id="larger than a chunk may be"),
    ],
)
def test_bytes_bound_a_chunk_as_well_as_files_do(sizes: list[int] | None, chunks: list[int]) -> None:
    job: Job[str] = Job(Answers, {}, sizes=sizes)
    assert [len(chunk) for chunk in job.chunks(range(40), 16)] == chunks


def test_no_pickle_is_loaded_by_who_asks() -> None:
    for module in (wire, child):
        assert ".recv()" not in Path(str(module.__file__)).read_text(encoding="utf-8")
