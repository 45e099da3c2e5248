"""What a server may respond, and what of it is refused while it arrives."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpcore

from imr.errors import Code, SourceError, UnreadableError
from imr.reading.packed import GZIP, inflated, unpacked
from imr.records import ResponseInfo

IF_NONE_MATCH, IF_MODIFIED_SINCE = "If-None-Match", "If-Modified-Since"
CONDITIONS = frozenset({IF_NONE_MATCH, IF_MODIFIED_SINCE})
"""Headers that request a file only if it has changed."""

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def check_status(status: int, *, conditional: bool) -> None:
    """Refuse a status other than 200, and 304 where the request was conditional.

    Raises:
        SourceError: `source_gone`, `source_busy`, `source_refused` or `source_broken`.
    """
    if status == HTTPStatus.OK or (status == HTTPStatus.NOT_MODIFIED and conditional):
        return
    if status in _GONE:
        raise SourceError(Code.SOURCE_GONE, f"the file is not there any more (HTTP {status})")
    if status in _BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SourceError(Code.SOURCE_BUSY, f"the site cannot answer now (HTTP {status})", transient=True)
    if status >= HTTPStatus.BAD_REQUEST:
        raise SourceError(Code.SOURCE_REFUSED, f"the site refuses to give the file (HTTP {status})")
    raise SourceError(Code.SOURCE_BROKEN, f"the site gave an answer that makes no sense here (HTTP {status})")


def content_type(said: Mapping[str, str]) -> str:
    """The type that a server names, lower case and without parameters."""
    return said.get("content-type", "").partition(";")[0].strip().lower()


def check_type(said: Mapping[str, str], accepted: frozenset[str]) -> None:
    """Refuse a type that is not among those accepted, if there are any and the server names one.

    Raises:
        UnreadableError: `unsupported_media_type`.
    """
    kind = content_type(said)
    if accepted and kind and kind not in accepted:
        raise UnreadableError(Code.UNSUPPORTED_MEDIA_TYPE, "the site gave something else than a letter's file")


def check_body(body: bytes, accepted: frozenset[str]) -> None:
    """A page that is sent under the name of something else is one all the same: most often it says 'back soon'.

    Raises:
        UnreadableError: `unsupported_media_type`.
    """
    is_page = body[:512].lstrip().lower().startswith((b"<!doctype html", b"<html"))
    if is_page and accepted and "text/html" not in accepted:
        raise UnreadableError(Code.UNSUPPORTED_MEDIA_TYPE, "the site gave a web page instead of a letter's file")


def read_body(response: httpcore.Response, said: Mapping[str, str], largest: int, response_info: ResponseInfo) -> bytes:
    """The body, refused as soon as it is too long; unpacked where it was compressed, though nobody asked.

    Raises:
        SourceError: `source_broken`.
        UnreadableError: `file_too_large`.
    """
    length = said.get("content-length", "")
    if length.isdecimal() and int(length) > largest:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {largest} bytes")
    unpack = _ENCODINGS.get(said.get("content-encoding", "identity").strip().lower())
    if unpack is None:
        raise SourceError(Code.SOURCE_BROKEN, "the site compressed what it was asked to give as it is")
    chunks, response_info.byte_size = [], 0
    for chunk in response.iter_stream():
        chunks.append(chunk)
        response_info.byte_size += len(chunk)
        if response_info.byte_size > largest:
            raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {largest} bytes")
    return _unpacked(b"".join(chunks), unpack, largest)


def read_beginning(
    response: httpcore.Response, said: Mapping[str, str], largest: int, response_info: ResponseInfo
) -> bytes:
    """The body as it came, or as much of it as is to be read."""
    chunks, response_info.byte_size = [], 0
    for chunk in response.iter_stream():
        chunks.append(chunk)
        response_info.byte_size += len(chunk)
        if response_info.byte_size >= largest:
            break
    return b"".join(chunks)[:largest]


def _gunzipped(data: bytes) -> bytes:
    if data and not data.startswith(GZIP):
        raise UnreadableError(Code.ARCHIVE_DAMAGED, "there is no gzip in what is called so")
    return unpacked(data)


_ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes, "identity": bytes, "gzip": _gunzipped, "x-gzip": _gunzipped, "deflate": inflated,
}  # fmt: skip


def _unpacked(data: bytes, unpack: Callable[[bytes], bytes], largest: int) -> bytes:
    try:
        body = unpack(data)
    except UnreadableError as error:
        if error.code != Code.ARCHIVE_DAMAGED:
            raise
        raise SourceError(Code.SOURCE_BROKEN, "what the site compressed cannot be unpacked") from error
    if len(body) > largest:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {largest} bytes")
    return body


def seconds_to_wait(retry_after: str) -> float | None:
    """How long a Retry-After header demands to wait; it holds seconds or a date."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds())


@contextmanager
def connection_errors() -> Iterator[None]:
    """Turn what the connection says into our codes."""
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise SourceError(Code.SOURCE_BUSY, "the answer was not complete in time", transient=True) from error
    except httpcore.ConnectError as error:
        if any(isinstance(reason, ssl.SSLError) for reason in error.args):
            raise SourceError(Code.TLS_FAILED, "the site's certificate or encryption is not to be trusted") from error
        raise SourceError(Code.SOURCE_BUSY, "the site takes no connection", transient=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise SourceError(Code.SOURCE_BROKEN, "the connection broke before all had come", transient=True) from error
