"""Releases in an object store (S3, GCS, Azure): immutable objects under the release's name, and one that points at it.

Every object is put whole, in one request, and only where none is; `latest.json` is changed last, and only if nobody
else changed it meanwhile. A reader that follows the pointer never meets half a release. An upload that was broken off
goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import ObjectStore

from imr.errors import Code, LakeError
from imr.lake.object_store import check_promises, opened, put_once, store_errors
from imr.upkeep.releases import PACKAGE, SUMS, Release, listed_files

POINTER = "latest.json"


def upload_release(release: Release, address: str) -> str:
    """Put a release into the store at an address such as `s3://bucket/prefix`; gives the package's key there.

    Credentials come from the environment, as the store's own tools read them.

    Raises:
        LakeError: `remote_store_failed`: the store cannot be reached or written, another object is in the way, or
            another release was made the latest meanwhile. The pointer is then as it was. `store_unsafe`.
    """
    with store_errors():
        store = opened(address)
        check_promises(store)
        pointer_before = _etag(store, POINTER)
        prefix = f"releases/{release.name}"
        for name in [*listed_files(release.folder), SUMS]:
            _put_once(store, f"{prefix}/{name}", (release.folder / name).read_bytes())
        _point(store, prefix, release, pointer_before)
    return f"{prefix}/{PACKAGE}"


def _put_once(store: ObjectStore, key: str, data: bytes) -> None:
    """Put an object where none is; one that is there already must be the same."""
    if not put_once(store, key, data):
        raise LakeError(Code.REMOTE_STORE_FAILED, f"another object is in the way: {key}")


def _point(store: ObjectStore, prefix: str, release: Release, etag_before: str | None) -> None:
    """Make the release the latest, unless another became so since `etag_before` was read."""
    package = (release.folder / PACKAGE).read_bytes()
    pointer = {
        "release": release.name,
        "package": f"{prefix}/{PACKAGE}",
        "sha256": hashlib.sha256(package).hexdigest(),
        "published_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    mode: Any = {"e_tag": etag_before} if etag_before else "create"
    try:
        obstore.put(store, POINTER, json.dumps(pointer, indent=1).encode(), mode=mode, use_multipart=False)
    except (AlreadyExistsError, PreconditionError):
        raise LakeError(Code.REMOTE_STORE_FAILED, "another release was made the latest meanwhile") from None


def _etag(store: ObjectStore, key: str) -> str | None:
    try:
        return obstore.head(store, key)["e_tag"]
    except FileNotFoundError:
        return None
