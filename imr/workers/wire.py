"""What goes over the pipe of a worker: JSON and Arrow, bounded in length, and checked before anything is made of it.

A worker runs native code on files that anybody may have made. Whatever became of it, its answer is data: no object is
loaded from it, rows are read under a schema that is known beforehand, and what does not fit is refused as a whole.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Annotated, Any, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, Fault, LakeError, LetterError, error_of

MAX_MESSAGE = 1 << 28
"""Bytes of one message: more than all that the longest text there may be amounts to in rows."""

_DAY = dt.timedelta(days=1)
_MAX_TABLES = 16


class AnswerRefusedError(Exception):
    """What a worker answered is not what it was asked for, or larger than anything it could be."""


class Request(msgspec.Struct, frozen=True):
    """Some files for a worker: what to do by name (`module:name`), what all of them need, and a list for each."""

    work: str
    given: dict[str, Any]
    items: list[list[Any]]


class Told(msgspec.Struct, frozen=True):
    """An error, by its parts."""

    code: Code
    message: Annotated[str, msgspec.Meta(max_length=500)]
    transient: bool


class FileAnswer(msgspec.Struct, frozen=True):
    """What a worker has to say of one file: its result or its error, and when it worked on it."""

    started_at: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    duration_ms: Annotated[int, msgspec.Meta(ge=0, le=_DAY // dt.timedelta(milliseconds=1))]
    result: Any = None
    error: Told | None = None


class Note(msgspec.Struct, frozen=True, tag=True):
    """What a worker tells before it has an answer."""

    value: Any


class Reply(msgspec.Struct, frozen=True, tag=True):
    """The first message of an answer: what became of each file, and the names of the tables that follow, or the fault
    of the lake that kept the worker from all of them.
    """

    files: list[FileAnswer]
    tables: Annotated[list[str], msgspec.Meta(max_length=_MAX_TABLES)] = []
    fault: Told | None = None


class CallResult(NamedTuple):
    """A file's answer, made of what was told."""

    result: Any
    error: LetterError | None
    started_at: dt.datetime
    duration_ms: int


class Answer(NamedTuple):
    """What became of some files, and the rows that were made of them."""

    files: list[CallResult]
    tables: dict[str, pa.RecordBatch]


class Expected(NamedTuple):
    """What an answer may be: the type of each file's result, and the tables with their schemas."""

    result: Any = Any
    tables: Mapping[str, pa.Schema] = {}
    note: Callable[[Sequence[Sequence[Any]], Any], None] | None = None
    """Takes the notes on some items; raises `AnswerRefusedError` for what is none."""


def told(error: LetterError | LakeError) -> Told:
    """The parts of an error."""
    return Told(error.code, error.message[:500], error.transient)


def sent(request: Request) -> bytes:
    """A request as a message."""
    return msgspec.json.encode(request, enc_hook=str)  # paths are told as text


def received(message: bytes) -> Request:
    """The request in a message."""
    return msgspec.json.decode(message, type=Request)


def send_answer(pipe: Connection, reply: Reply, batches: Iterable[pa.RecordBatch] = ()) -> None:
    """Send what became of some files, then their tables in the order of their names."""
    pipe.send_bytes(msgspec.json.encode(reply))
    for batch in batches:
        pipe.send_bytes(batch.serialize())


def send_note(pipe: Connection, value: Any) -> None:  # noqa: ANN401 - plain data
    """Send a note."""
    pipe.send_bytes(msgspec.json.encode(Note(value)))


def receive_answer(pipe: Connection, items: Sequence[Sequence[Any]], expected: Expected) -> tuple[Reply, list[bytes]]:
    """Take an answer from the pipe, without looking at its tables; the notes before it are told.

    Raises:
        AnswerRefusedError: it is too large, or no answer.
        EOFError, OSError: the worker has ended.
        LakeError: of whoever was told a note.
    """
    left = MAX_MESSAGE
    while isinstance(reply := _decoded(message := _message(pipe, left)), Note):
        left -= len(message)
        if expected.note is None:
            raise AnswerRefusedError("a note that nobody asked for")
        expected.note(items, reply.value)
    left, messages = MAX_MESSAGE, list[bytes]()
    for _ in reply.tables:
        messages.append(_message(pipe, left))
        left -= len(messages[-1])
    return reply, messages


def _decoded(message: bytes) -> Reply | Note:
    try:
        return msgspec.json.decode(message, type=Reply | Note)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise AnswerRefusedError from error


def _message(pipe: Connection, most: int) -> bytes:
    try:
        return pipe.recv_bytes(most)
    except OSError as error:
        if not pipe.readable:  # closed by ourselves: it was going to be longer than it may
            raise AnswerRefusedError from error
        raise


def checked(reply: Reply, messages: Sequence[bytes], items: Sequence[Sequence[Any]], expected: Expected) -> Answer:
    """The answer for some files, once it is sure to be one.

    Each row names its file: its first column holds the first value of one of the `items`.

    Raises:
        AnswerRefusedError: it is not.
        LakeError: the fault that is told in it.
    """
    if reply.fault is not None:
        raise _lake_error(reply.fault)
    if len(reply.files) != len(items) or len(set(reply.tables)) != len(reply.tables):
        raise AnswerRefusedError("not an answer for each file")
    now, ids = dt.datetime.now(dt.UTC), pa.array([str(item[0]) for item in items if item], pa.string())
    files = [_call_result(file, expected.result, now) for file in reply.files]
    return Answer(files, dict(_batches(zip(reply.tables, messages, strict=True), expected.tables, ids)))


def _call_result(file: FileAnswer, kind: Any, now: dt.datetime) -> CallResult:  # noqa: ANN401 - any type
    try:
        if abs(now - file.started_at) > _DAY:
            raise AnswerRefusedError("a time that cannot be")
        if file.error is not None:
            error = error_of(file.error.code, file.error.message, transient=file.error.transient)
            if not isinstance(error, LetterError):
                raise AnswerRefusedError("no fault of a file")
            return CallResult(None, error, file.started_at, file.duration_ms)
        return CallResult(msgspec.convert(file.result, kind), None, file.started_at, file.duration_ms)
    except msgspec.ValidationError as error:
        raise AnswerRefusedError from error


def _lake_error(fault: Told) -> LakeError:
    if fault.code.fault is not Fault.LAKE:
        raise AnswerRefusedError("no fault of the lake")
    return LakeError(fault.code, fault.message, transient=fault.transient)


def _batches(
    told: Iterable[tuple[str, bytes]], schemas: Mapping[str, pa.Schema], ids: pa.Array
) -> Iterable[tuple[str, pa.RecordBatch]]:
    for name, message in told:
        if name not in schemas:
            raise AnswerRefusedError("a table that was not asked for")
        yield name, _batch(message, schemas[name], ids)


def _batch(message: bytes, schema: pa.Schema, ids: pa.Array) -> pa.RecordBatch:
    """The rows in a message: offsets within their buffers, text in UTF-8, each row of a file that was asked for."""
    try:
        _refuse_compressed(message)
        batch = pa.ipc.read_record_batch(pa.py_buffer(message), schema)
        batch.validate(full=True)
    except Exception as error:  # whatever becomes of bytes that are no rows
        raise AnswerRefusedError from error
    if not pc.all(pc.is_in(batch.column(0), value_set=ids), min_count=0).as_py():
        raise AnswerRefusedError("rows of a file that was not asked for")
    return batch


_CONTINUED = b"\xff\xff\xff\xff"
_HEADER, _COMPRESSION = 2, 3  # the places of these fields in Arrow's tables `Message` and `RecordBatch`


def _refuse_compressed(message: bytes) -> None:
    """Make sure, before Arrow unpacks them to whatever size, that the buffers of a record batch are not packed.

    Raises:
        AnswerRefusedError: they are, or it is not in the form that Arrow writes today.
        struct.error: it ends too early.
    """
    if not message.startswith(_CONTINUED):
        raise AnswerRefusedError("no message of Arrow")
    root = 8 + _number("<I", message, 8)
    header = _field(message, root, _HEADER)
    if _field(message, header + _number("<I", message, header), _COMPRESSION):
        raise AnswerRefusedError("packed rows")


def _field(message: bytes, table: int, number: int) -> int:
    """Where a field of a flatbuffer's table is; 0 if it has none."""
    fields = table - _number("<i", message, table)
    place = 4 + 2 * number
    offset = _number("<H", message, fields + place) if place < _number("<H", message, fields) else 0
    return table + offset if offset else 0


def _number(form: str, message: bytes, place: int) -> int:
    (number,) = struct.unpack_from(form, message, place)
    return int(number)
