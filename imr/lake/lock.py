"""One writer per lake: a lock that its holder's death frees, with the holder's name written beside it."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from imr.errors import Code, LakeError
from imr.lake.files import lake_errors
from imr.lake.layout import LakeLayout
from imr.lake.permissions import keep_from_others


@contextmanager
def only_writer(lake: LakeLayout, run_id: str, timeout: float) -> Iterator[None]:
    """Be the only writer of the lake inside this block, waiting at most `timeout` seconds for another.

    Raises:
        LakeError: `lake_locked`, naming the run that holds the lock, or `lake_write_failed`.
    """
    with _held(lake, timeout):
        owner = lake.lock.with_suffix(".owner")
        with lake_errors():
            owner.unlink(missing_ok=True)  # one of a killed run; or a link, which is not to be written through
            with owner.open("x", encoding="utf-8") as file:
                file.write(json.dumps(_self(run_id)))
        try:
            yield
        finally:
            with suppress(OSError):  # a name that stays behind is overwritten by the next owner's
                owner.unlink()


@contextmanager
def _held(lake: LakeLayout, timeout: float) -> Iterator[None]:
    keep_from_others()
    with lake_errors():
        lake.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(lake.lock)
        try:
            lock.acquire(timeout=timeout)
        except Timeout:  # an OSError too, but no fault of the file system
            raise LakeError(Code.LAKE_LOCKED, f"another run is writing this lake: {_owner(lake)}") from None
    try:
        yield
    finally:
        lock.release()


def _self(run_id: str) -> dict[str, str | int]:
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"run_id": run_id, "pid": os.getpid(), "host": socket.gethostname(), "since": since}


def _owner(lake: LakeLayout) -> str:
    try:
        owner = json.loads(lake.lock.with_suffix(".owner").read_text(encoding="utf-8"))
        return f"run {owner['run_id']}, process {owner['pid']} on {owner['host']} since {owner['since']}"
    except (OSError, ValueError, KeyError):
        return "its name could not be read"  # the other is just starting or ending
