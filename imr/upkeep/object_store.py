"""Releases in an object store (S3, GCS, Azure): immutable objects under the release's name, and one that points at it.

Every object is put whole, in one request, and only where none is; `latest.json` is changed last, and only if nobody
else changed it meanwhile. A reader that follows the pointer never meets half a release. An upload that was broken off
goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import ObjectStore, from_url

from imr.errors import Code, LakeError
from imr.upkeep.releases import PACKAGE, SUMS, Release, listed_files

POINTER = "latest.json"


def upload_release(release: Release, address: str) -> str:
    """Put a release into the store at an address such as `s3://bucket/prefix`; gives the package's key there.

    Credentials come from the environment, as the store's own tools read them.

    Raises:
        LakeError: `remote_store_failed`: the store cannot be reached or written, another object is in the way, or
            another release was made the latest meanwhile. The pointer is then as it was.
    """
    with _store_errors():
        store = from_url(address)
        pointer_before = _etag(store, POINTER)
        prefix = f"releases/{release.name}"
        for name in [*listed_files(release.folder), SUMS]:
            _put_once(store, f"{prefix}/{name}", (release.folder / name).read_bytes())
        _point(store, prefix, release, pointer_before)
    return f"{prefix}/{PACKAGE}"


def _put_once(store: ObjectStore, key: str, data: bytes) -> None:
    """Put an object where none is; one that is there already must be the same."""
    try:
        obstore.put(store, key, data, mode="create", use_multipart=False)
    except AlreadyExistsError:
        there = hashlib.sha256(obstore.get(store, key).bytes()).digest()
        if there != hashlib.sha256(data).digest():
            raise LakeError(Code.REMOTE_STORE_FAILED, f"another object is in the way: {key}") from None


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


_CAUSES = (
    (r"relative URL|Unrecognised|Unable to recognise", "is no address of a store: give one such as s3://bucket/prefix"),
    (r"NoSuchBucket|ContainerNotFound|bucket does not exist|Object at location", "has no such bucket: make it first"),
    (r"builder error", "is named by an address of plain http: set AWS_ALLOW_HTTP=true, or give one of https"),
    (r"169\.254\.169\.254|metadata", "got no credentials: set AWS_ACCESS_KEY_ID and its like"),
    (r"lacked the necessary privileges|valid authentication|40[13] ", "does not let you in: look at the credentials"),
    (r"error sending request|dns error|timed out", "does not answer: look at AWS_ENDPOINT_URL"),
    (r"canonicalize|LocalFileSystem", "is a folder that is not there, or that cannot be written"),
)
"""What a store says, and what that means to whoever gave its address."""


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turn what the store says into `remote_store_failed`; addresses and keys of the request stay out of it."""
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        causes = [cause for pattern, cause in _CAUSES if re.search(pattern, str(error))]
        cause = causes[0] if causes else f"failed ({type(error).__name__})"
        raise LakeError(Code.REMOTE_STORE_FAILED, f"the object store {cause}") from error
