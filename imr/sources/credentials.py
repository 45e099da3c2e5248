"""Credentials that people write into addresses: they are cut at the door, and no address that is kept holds any.

What is reached with a password or key takes it from the environment instead.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_SIGNATURES = (
    *("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token"),
    *("x-amz-signature", "x-amz-signedheaders", "awsaccesskeyid", "signature", "expires"),
    *("x-goog-algorithm", "x-goog-credential", "x-goog-date", "x-goog-expires", "x-goog-signature"),
    *("x-goog-signedheaders", "googleaccessid", "ossaccesskeyid", "security-token"),
    *("policy", "key-pair-id"),
    *("sig", "se", "st", "sp", "spr", "sr", "sv", "sip", "ss", "srt", "ske", "skoid", "sks", "skt", "sktid", "skv"),
    *("access_token", "api_key", "apikey", "api-key", "client_secret", "password", "passwd", "private_token", "pwd"),
)
"""Parameters that sign an address: of S3, GCS (both versions), OSS, CloudFront, Azure, and by their plain names."""

_ALONE = frozenset({"se", "st", "sp", "sr", "sv", "ss", "policy", "expires"})
"""Those that are so short or common that they count only beside the signature itself."""

_SIGNED_BY = frozenset({"sig", "signature", "x-amz-signature", "x-goog-signature"})
_USER = re.compile(r"(?P<scheme>[a-z][a-z\d+.-]*)://(?P<user>[^/?#\s]*)@", re.IGNORECASE)
_BAD_PORT = re.compile(r"(?P<scheme>[a-z][a-z\d+.-]*)://(?P<user>[^/?#@\s]+:(?!\d*(?:[/?#]|$))\S*)@", re.IGNORECASE)
_NO_USER = {"github": re.compile(r".*"), **dict.fromkeys(("abfs", "abfss"), re.compile(r"[^:]*"))}
"""Schemes with something else in that place: an organisation and its repository, a container."""
_PARAMETERS = re.compile(r"(?<=[?#&;])[^?#&;]*")

WITHOUT = (
    r"^(?!(?:https?|ftp|sftp|smb|webhdfs|hf|s3a?|gs|gcs|az|azure|adl)://[^/?#]*@)"
    r"(?!.*[?&#;](?:X-Amz-|X-Goog-|AWSAccessKeyId|GoogleAccessId|Key-Pair-Id|Signature=|sig=|password=|access_token=))"
)
"""The same as a pattern, as far as one tells: a server that checks forms by it does not keep what it refuses."""

ADVICE = (
    "its user, password or signature is cut and never kept: credentials come from the environment"
    " (AWS_…, GOOGLE_…, AZURE_…, FSSPEC_FTP_USERNAME and FSSPEC_FTP_PASSWORD, IMR_HTTP_AUTH)"
)
"""What to tell somebody whose address held some."""


class Signed(str):
    """An address with its signature, for a request and nothing else: it does not show in what is printed of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Signed(...)"


def without_credentials(address: str) -> str:
    """An address without user, password and signature. What is no address at all stays as it is."""
    address = _BAD_PORT.sub(_without_user, _USER.sub(_without_user, address))
    return without_signature(address)


def without_signature(address: str) -> str:
    """An address without the parameters that sign it."""
    start = re.search(r"[?#]", address)
    if start is None:
        return address
    names = {_name(match.group()) for match in _PARAMETERS.finditer(address, start.start())}
    gone = {name for name in names & _KNOWN if name not in _ALONE or names & _SIGNED_BY}
    if not gone:
        return address
    query, mark, fragment = address[start.start() :].partition("#")
    return address[: start.start()] + _kept(query, gone) + _kept(mark + fragment, gone)


def _kept(parameters: str, gone: set[str]) -> str:
    """A query or fragment, mark included, without some parameters."""
    mark, body = parameters[:1], parameters[1:]
    kept = "&".join(part for part in re.split(r"[&;]", body) if _name(part) not in gone)
    return mark + kept if kept else ""


def _name(parameter: str) -> str:
    return unquote(parameter.partition("=")[0]).strip().lower()


def _without_user(match: re.Match[str]) -> str:
    keeps = _NO_USER.get(match["scheme"].lower())
    return match.group() if keeps and keeps.fullmatch(match["user"]) else f"{match['scheme']}://"


_KNOWN = frozenset(_SIGNATURES)
