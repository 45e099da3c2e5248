"""The object store in which a lake keeps raw bytes, stage and recognised pages, if it does not in its own folder.

Keys are the paths below the lake: `raw/`, `stage/`, `ocr/`. Nothing there is ever changed; the folders of that name are
copies to work with, which are thrown away when a run ends. `store.json` in the lake's folder says where the store is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeGuard

import obstore

from imr.errors import Code, LakeError
from imr.lake.files import erase, lake_errors, write_durably
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.object_store import check_promises, opened, put_once, store_errors

AT_ONCE = 16
"""Requests at the same time: each waits for the network far longer than it works."""

_ADDRESS = re.compile(r"(s3|gs|az)://[\w.-]+(/[\w./=+-]+)?")
_IN_STORE = ("raw", "stage", "ocr")


class Kept(NamedTuple):
    """An object: its key, its bytes, and when it was put there."""

    key: str
    size: int
    put_at: dt.datetime


class SharedStore:
    """The objects of a lake. May be used from many threads, and from many machines at once.

    Every call raises `LakeError`: `remote_store_failed`, if the store cannot be reached.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        with store_errors():
            self._store = opened(address)

    def check(self) -> None:
        """Make sure that the store keeps its promises.

        Raises:
            LakeError: `store_unsafe`.
        """
        with store_errors():
            check_promises(self._store)

    def put(self, key: str, data: bytes) -> None:
        """Have an object hold these bytes. Keys are made of what they hold: other bytes there are damage, and go."""
        with store_errors():
            if not put_once(self._store, key, data):
                obstore.delete(self._store, key)
                put_once(self._store, key, data)

    def create(self, key: str, data: bytes) -> bool:
        """Put an object where none is; False if there is another."""
        with store_errors():
            return put_once(self._store, key, data)

    def get(self, key: str) -> bytes | None:
        """The bytes of an object; None if it is not there."""
        with store_errors():
            try:
                return bytes(obstore.get(self._store, key).bytes())
            except FileNotFoundError:
                return None

    def has(self, key: str) -> bool:
        """Whether an object is there."""
        with store_errors():
            try:
                obstore.head(self._store, key)
            except FileNotFoundError:
                return False
            return True

    def get_all(self, keys: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The bytes of several objects, some of them read at a time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            wanted = list(keys)
            yield from zip(wanted, pool.map(self.get, wanted), strict=True)

    def put_files(self, root: Path, paths: Iterable[Path]) -> None:
        """Put some files under their paths below a folder."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda path: self.put(path.relative_to(root).as_posix(), path.read_bytes()), paths))

    def listed(self, prefix: str) -> Iterator[Kept]:
        """The objects whose keys begin so."""
        folder = prefix.rpartition("/")[0]  # a store lists whole folders
        with store_errors():
            for page in obstore.list(self._store, prefix=folder or None):
                for entry in page:
                    if entry["path"].startswith(prefix):
                        yield Kept(entry["path"], entry["size"], entry["last_modified"])

    def erase(self, name: str) -> None:
        """Erase an object and all below its name, in the order of their keys."""
        with store_errors():
            for key in (name, *sorted(kept.key for kept in self.listed(f"{name}/"))):
                try:
                    obstore.delete(self._store, key)
                except FileNotFoundError:
                    continue


def is_intact(data: bytes | None, sha256: str) -> TypeGuard[bytes]:
    """Whether an object is there, and what it was put as."""
    return data is not None and hashlib.sha256(data).hexdigest() == sha256


def shared_store(lake: LakeLayout) -> SharedStore | None:
    """The object store of a lake; None where all is in its folder.

    Raises:
        LakeError: `lake_damaged`: what says where it is cannot be read; `remote_store_failed`.
    """
    try:
        address = json.loads(lake.store.read_bytes())["store"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeError(Code.LAKE_DAMAGED, "store.json cannot be read: a run with --store makes it anew") from error
    return _opened(_checked(address))


def use_store(lake: LakeLayout, address: str | None, lock_timeout: float = 60.0) -> None:
    """Have a lake keep its bytes in an object store from now on, and make sure that it keeps its promises.

    What the lake has in its folder goes there first. None: where they are already.

    Raises:
        LakeError: `store_differs`: the lake has another; `store_unsafe`, `remote_store_failed`; `lake_write_failed`,
            `lake_locked`.
    """
    address = address and _checked(address.rstrip("/"))
    try:
        known = shared_store(lake)
    except LakeError as error:
        if address is None or error.code is not Code.LAKE_DAMAGED:
            raise
        known = None
    if known and address not in (None, known.address):
        raise LakeError(Code.STORE_DIFFERS, f"the lake's bytes are in {known.address}: leave --store out, or give that")
    store = known or (_opened(address) if address else None)
    if store is None:
        return
    store.check()
    if known is None:
        with only_writer(lake, "store", lock_timeout), lake_errors():
            store.put_files(lake.root, [path for folder in (lake.raw, lake.ocr) for path in _files_below(folder)])
            name_store(lake, store.address)


def name_store(lake: LakeLayout, address: str) -> None:
    """Write down where the store of a lake is."""
    write_durably(lake.store, json.dumps({"store": address}).encode())


def drop_copies(lake: LakeLayout) -> None:
    """Throw away the copies that were worked with, if the lake has a store. Whoever is at work gets them anew."""
    if lake.store.exists():
        batches = (made.parent for made in lake.stage.glob("*/*/made.json"))
        for folder in (*lake.raw.glob("*"), *lake.ocr.glob("*"), *batches):
            shutil.rmtree(folder, ignore_errors=True)


def erase_kept(lake: LakeLayout, name: str) -> None:
    """Erase a file or folder by its path below the lake, in its folder and in its store."""
    if name.partition("/")[0] in _IN_STORE and (store := shared_store(lake)):
        store.erase(name)
    erase(lake.root / name)


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("[!.]*") if path.is_file())


def _checked(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise LakeError(Code.REMOTE_STORE_FAILED, "no address of an object store: give one such as s3://bucket/prefix")
    return address


@lru_cache(maxsize=8)
def _opened(address: str) -> SharedStore:
    return SharedStore(address)
