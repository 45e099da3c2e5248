"""Releases: immutable snapshots of all tables, each file with its hash, for citing, comparing and handing on.

`releases/<id>/` holds the tables as they were (hard links, so that a release costs no space until the tables change),
`datapackage.json` and `croissant.json` that describe them, `SHA256SUMS` that `sha256sum --check` reads, a data card,
the data dictionary, and what else is made of the tables for people.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, LakeError
from imr.lake.files import erase, lake_errors, link_or_copy, sha256_of, sync_file, sync_folder
from imr.lake.journal import recover
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.lookup import meant
from imr.lake.public import read_table
from imr.lake.sums import read_sums, sums_of, sums_text
from imr.tables.croissant import croissant
from imr.tables.declaration import TABLES
from imr.tables.dictionary import data_dictionary, datapackage
from imr.upkeep.data_card import data_card

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What a release may be called: a name that is safe in paths and addresses."""

SUMS = "SHA256SUMS"
PACKAGE = "datapackage.json"


Accompanying = Callable[[LakeLayout], Mapping[str, bytes]]
"""Makes further files of a release of its tables, by their names."""


class Release(NamedTuple):
    """One release: its name, its folder, how many files and bytes of tables it has, and when it was made."""

    name: str
    folder: Path
    files: int
    bytes: int
    created_at: str


_HALF_MADE = re.compile(r"\..*\.[0-9a-f]{32}(\.going)*")


def half_made(lake: LakeLayout) -> list[Path]:
    """What releases are that were being made, or withdrawn, when their process was killed: nobody's, but with rows of
    letters. To be asked for by the only writer of the lake, who else would take one for that which is being made now.
    """
    return [path for path in sorted(lake.releases.glob(".*")) if _HALF_MADE.fullmatch(path.name)]


def make_release(
    lake: LakeLayout,
    name: str | None = None,
    lock_timeout: float = 60.0,
    accompanying: Accompanying | None = None,
) -> Release:
    """Make a release of the tables as they are; without a name it is called by the moment.

    Args:
        lake: The lake.
        name: What it is called.
        lock_timeout: Seconds to wait for whoever writes the lake.
        accompanying: What is put beside the tables; none unless told.

    Raises:
        LakeError: `lake_locked`, `lake_write_failed`, or `release_exists` for a name that is taken.
        ValueError: the name cannot be used.
    """
    now = dt.datetime.now(dt.UTC)
    name = name or f"{now:%Y%m%dT%H%M%SZ}"
    if not NAME.fullmatch(name):
        raise ValueError("a release is named by letters, digits, dots, dashes and underscores")
    folder = lake.releases / name
    with only_writer(lake, f"release {name}", lock_timeout), lake_errors():
        recover(lake)
        for left_over in half_made(lake):
            erase(left_over)
        if folder.exists():
            raise LakeError(Code.RELEASE_EXISTS, f"there is a release of that name: {name}")
        temporary = lake.releases / f".{name}.{uuid.uuid4().hex}"
        try:
            _fill(lake, temporary, name, now, accompanying)
            temporary.rename(folder)
        except LakeError:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        sync_folder(lake.releases)
    return read_release(folder)


def releases(lake: LakeLayout) -> list[Release]:
    """All releases of a lake, oldest first. What stands beside them and is none is left to `no_releases`."""
    found = (_release_in(path) for path in lake.releases.glob("*"))
    return sorted((release for release in found if release), key=lambda release: (release.created_at, release.name))


def no_releases(lake: LakeLayout) -> list[Path]:
    """What stands among the releases and is none, or lacks its package: half-made ones, of dotted names, aside."""
    shown = (path for path in lake.releases.glob("*") if not path.name.startswith("."))
    return sorted(path for path in shown if not _release_in(path))


def unreleased(lake: LakeLayout) -> bool:
    """Whether anything was committed since the last release was made, or there is none that can be read."""
    try:
        released = _commits(LakeLayout(releases(lake)[-1].folder))
    except (IndexError, LakeError):
        released = set()
    return bool(_commits(lake) - released)


def read_release(folder: Path) -> Release:
    """A release by its folder.

    Raises:
        LakeError: `lake_damaged` when its package cannot be read.
    """
    try:
        package = json.loads((folder / PACKAGE).read_bytes())
        files = [file for resource in package["resources"] for file in resource["files"]]
        return Release(folder.name, folder, len(files), sum(file["bytes"] for file in files), str(package["created"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeError(Code.LAKE_DAMAGED, f"the package of release {folder.name} cannot be read") from error


def verify_release(folder: Path) -> list[str]:
    """The files of a release that are missing, changed or not listed, by their paths; the list itself if it is."""
    try:
        listed = listed_files(folder)
    except LakeError:
        return [SUMS]
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {SUMS}
    wrong = {name for name in there & listed.keys() if sha256_of(folder / name) != listed[name]}
    return sorted(wrong | (there ^ listed.keys()))


def listed_files(folder: Path) -> dict[str, str]:
    """The hash of every file of a release by its path, in the order in which the release lists them.

    Raises:
        LakeError: `lake_damaged`.
    """
    return read_sums(folder / SUMS, of_release=True)


def withdraw_release(lake: LakeLayout, name: str, lock_timeout: float = 60.0) -> None:
    """Remove a release whole, as one that holds a removed letter has to be."""
    with only_writer(lake, f"withdrawing release {name}", lock_timeout):
        drop_release(lake, name)


def drop_release(lake: LakeLayout, name: str) -> None:
    """Remove a release whole; only ever under the lake's lock.

    Raises:
        LakeError: `release_missing` or `lake_write_failed`.
    """
    folder = lake.releases / name
    with lake_errors():
        if not NAME.fullmatch(name) or not folder.is_dir():
            raise LakeError(Code.RELEASE_MISSING, f"there is no release of that name: {name}")
        going = lake.releases / f".{name}.{uuid.uuid4().hex}"
        folder.rename(going)
        sync_folder(lake.releases)
        erase(going)


def releases_with(lake: LakeLayout, documents: Collection[str]) -> tuple[str, ...]:
    """The names of the releases in which any of some documents is published.

    One that lacks its package holds them all the same; of one whose letters cannot be read that is to be feared.
    """
    ids = pa.array(sorted(documents), pa.string())

    def holds(folder: Path) -> bool:
        try:
            rows = read_table(LakeLayout(folder), "documents", ["document_id"])
        except LakeError:
            return True
        return bool(pc.any(pc.is_in(rows["document_id"], value_set=ids), min_count=0).as_py())

    folders = sorted(path for path in lake.releases.glob("*/") if NAME.fullmatch(path.name))
    return tuple(folder.name for folder in folders if holds(folder))


def released_as(lake: LakeLayout, wanted: str) -> set[str]:
    """The documents that a name means in any of the releases; what cannot be read of these is passed over."""
    found: set[str] = set()
    for folder in lake.releases.glob("*/"):
        with suppress(LakeError):
            rows = read_table(LakeLayout(folder), "documents", _NAMES)
            found |= set(meant(rows, wanted)["document_id"].to_pylist())
    return found


_NAMES = ["document_id", "source_uri", "source_name", "case_number"]


def _release_in(folder: Path) -> Release | None:
    if not folder.is_dir() or folder.name.startswith("."):
        return None
    try:
        return read_release(folder)
    except LakeError:
        return None


def _commits(lake: LakeLayout) -> set[str]:
    return set(read_table(lake, "commits", ["commit_id"])["commit_id"].to_pylist())


def _fill(lake: LakeLayout, folder: Path, name: str, now: dt.datetime, accompanying: Accompanying | None) -> None:
    """Put everything of a release into a new folder, durably."""
    for table in TABLES:
        for path in lake.table_paths(table):
            link_or_copy(lake.root / path, folder / path)
    package = datapackage(LakeLayout(folder).table_paths) | {"id": name, "created": now.isoformat(timespec="seconds")}
    for resource in package["resources"]:
        paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
        resource["files"] = [_described(folder, path) for path in paths]
    files = [file for resource in package["resources"] for file in resource["files"]]
    hashes = {str(file["path"]): str(file["hash"]).removeprefix("sha256:") for file in files}
    beside = accompanying(LakeLayout(folder)) if accompanying else {}
    described = croissant(name, now, LakeLayout(folder).table_paths, hashes)
    beside = {
        **beside,
        PACKAGE: json.dumps(package, indent=1).encode(),
        "croissant.json": json.dumps(described, indent=1).encode(),
        "DATA_CARD.md": data_card(LakeLayout(folder), name, now).encode(),
        "DATA_DICTIONARY.md": data_dictionary().encode(),
    }
    for file_name, data in beside.items():
        _write(folder / file_name, data)
    if changed := (sums_of(lake) or hashes).items() ^ hashes.items():
        raise LakeError(Code.LAKE_DAMAGED, f"{min(changed)[0]} is not as it was written: run imr doctor --deep")
    hashes |= {file_name: sha256_of(folder / file_name) for file_name in beside}
    _write(folder / SUMS, sums_text(hashes).encode())
    for parent in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        sync_folder(parent)


def _described(folder: Path, path: str) -> dict[str, str | int]:
    file = folder / path
    return {"path": path, "bytes": file.stat().st_size, "hash": f"sha256:{sha256_of(file)}"}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    sync_file(path)
