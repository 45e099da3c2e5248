"""Object stores (S3, GCS, Azure), as far as they are trusted: objects are created once and whole, or not at all.

Credentials come from the environment, as the stores' own tools read them, and no address holds any.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import ObjectStore, from_url

from imr.errors import Code, LakeError

_RETRIES: Any = {"max_retries": 8, "retry_timeout": dt.timedelta(seconds=60)}
"""A store that is busy, or answers 503 now and then, holds nobody up; one that is away is told of after a minute."""


def opened(address: str) -> ObjectStore:
    """The store at an address such as `s3://bucket/prefix`; call it inside of `store_errors`."""
    return from_url(address, retry_config=_RETRIES)


def put_once(store: ObjectStore, key: str, data: bytes) -> bool:
    """Put an object where none is; whether the store has these bytes now. Another object there stays as it is."""
    try:
        obstore.put(store, key, data, mode="create", use_multipart=False)
    except AlreadyExistsError:
        return bytes(obstore.get(store, key).bytes()) == data
    return True


def check_promises(store: ObjectStore) -> None:
    """Make sure that a store refuses to create a key twice, and to overwrite by a tag that is no longer the present.

    Several servers accept both in silence: on these, of two writers each would believe that it was the only one.

    Raises:
        LakeError: `store_unsafe`.
    """
    key = f".probe/{uuid.uuid4().hex}"
    try:
        first = _put(store, key, b"1", "create")
        if _accepts(store, key, b"2", "create"):
            raise LakeError(Code.STORE_UNSAFE, "the object store creates a key that is there already: data would go")
        _put(store, key, b"3", {"e_tag": first})
        if _accepts(store, key, b"4", {"e_tag": first}) or bytes(obstore.get(store, key).bytes()) != b"3":
            raise LakeError(Code.STORE_UNSAFE, "the object store overwrites by an outdated tag: data would go")
    finally:
        with suppress(BaseError, OSError):
            obstore.delete(store, key)


def _put(store: ObjectStore, key: str, data: bytes, mode: Any) -> Any:  # noqa: ANN401 - as obstore's
    return obstore.put(store, key, data, mode=mode, use_multipart=False)["e_tag"]


def _accepts(store: ObjectStore, key: str, data: bytes, mode: Any) -> bool:  # noqa: ANN401 - as obstore's
    try:
        _put(store, key, data, mode)
    except (AlreadyExistsError, PreconditionError):
        return False
    return True


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
def store_errors() -> Iterator[None]:
    """Turn what the store says into `remote_store_failed`; addresses and keys of the request stay out of it."""
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        causes = [cause for pattern, cause in _CAUSES if re.search(pattern, str(error))]
        cause = causes[0] if causes else f"failed ({type(error).__name__})"
        raise LakeError(Code.REMOTE_STORE_FAILED, f"the object store {cause}") from error
