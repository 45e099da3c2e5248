"""Credentials in addresses: cut, whatever is written around them, and nothing else is."""

from __future__ import annotations

import re

import pytest

from imr.sources.credentials import WITHOUT, Signed, without_credentials
from imr.sources.links import at

S3 = "X-Amz-Algorithm=AWS4&X-Amz-Credential=k%2Fx&X-Amz-Date=1&X-Amz-Expires=9&X-Amz-SignedHeaders=h&X-Amz-Signature=SECRET"

CUT = {
    "ftp": ("ftp://alice:SECRET@host/a.pdf", "ftp://host/a.pdf"),
    "user alone": ("sftp://alice@host/a", "sftp://host/a"),
    "in capitals": ("FTP://alice:SECRET@host/a", "FTP://host/a"),
    "slash in a password": ("ftp://alice:SEC/RET@host/a", "ftp://host/a"),
    "question mark in a password": ("ftp://alice:SEC?RET@host/a", "ftp://host/a"),
    "at in a password": ("ftp://alice:SEC@RET@host:21/a", "ftp://host:21/a"),
    "bucket": ("s3://KEY:SECRET@bucket/a.pdf", "s3://bucket/a.pdf"),
    "web": ("https://u:SECRET@h.example/a?b=1", "https://h.example/a?b=1"),
    "no address": ("http://u:SECRET@[bad", "http://[bad"),
    "an address within one": ("https://h/?url=ftp://a:SECRET@b/", "https://h/?url=ftp://b/"),
    "S3": (f"https://b.s3.amazonaws.com/a.pdf?{S3}", "https://b.s3.amazonaws.com/a.pdf"),
    "S3, with a version": (f"https://b/a.pdf?versionId=7&{S3}", "https://b/a.pdf?versionId=7"),
    "S3 of before": ("https://b/a.pdf?AWSAccessKeyId=SECRET&Expires=1&Signature=SECRET", "https://b/a.pdf"),
    "GCS": ("https://storage.googleapis.com/b/a.pdf?X-Goog-Signature=SECRET&X-Goog-Date=1", "https://storage.googleapis.com/b/a.pdf"),
    "GCS of before": ("https://b/a.pdf?GoogleAccessId=x&Expires=1&Signature=SECRET", "https://b/a.pdf"),
    "Azure": ("https://a.blob.core.windows.net/c/a.pdf?sv=2020&se=1&sp=r&sr=b&sig=SECRET%3D", "https://a.blob.core.windows.net/c/a.pdf"),
    "CloudFront": ("https://d.cloudfront.net/a.pdf?Policy=SECRET&Signature=SECRET&Key-Pair-Id=K", "https://d.cloudfront.net/a.pdf"),
    "small letters": ("https://b/a.pdf?x-amz-signature=SECRET", "https://b/a.pdf"),
    "escaped name": ("https://b/a.pdf?X%2DAmz%2DSignature=SECRET", "https://b/a.pdf"),
    "semicolons": ("https://b/a.pdf?id=1;sig=SECRET", "https://b/a.pdf?id=1"),
    "fragment": ("https://h/a.pdf#access_token=SECRET", "https://h/a.pdf"),
    "password": ("https://h/a?id=3&password=SECRET#page=2", "https://h/a?id=3#page=2"),
    "container and key": ("abfss://container:SECRET@account/a", "abfss://account/a"),
}  # fmt: skip

LEFT = (
    *("letters/2017", "/home/a@b/c.pdf", "records.zip", "texts.parquet#text,name", "urls:a.txt", "C:\\letters"),
    *("https://h/a@b.pdf", "http://h:80/a@b.pdf", "https://h/x?sv=1&se=2&policy=3&expires=4", "https://h/?mail=a@b.c"),
    *("github://org:repo@main/letters", "abfss://container@account.dfs.core.windows.net/a", "hf://datasets/u/r@v/a"),
    *("dwc://?decided=2017-01-01..2017-01-31", "http://[bad", "http://[::1]:8080/a.pdf", "https://h/a.pdf?token=3"),
)


@pytest.mark.parametrize(("given", "kept"), CUT.values(), ids=CUT)
def test_credentials_are_cut(given: str, kept: str) -> None:
    assert without_credentials(given) == kept
    assert without_credentials(kept) == kept


@pytest.mark.parametrize("address", LEFT)
def test_nothing_else_is(address: str) -> None:
    assert without_credentials(address) == address
    assert re.search(WITHOUT, address)


@pytest.mark.parametrize("name", ["ftp", "bucket", "web", "S3", "GCS", "Azure", "CloudFront"])
def test_a_form_refuses_what_would_be_cut(name: str) -> None:
    assert not re.search(WITHOUT, CUT[name][0])


def test_a_signed_address_is_requested_as_it_is_and_does_not_show() -> None:
    given, kept = CUT["S3"]
    file = at(given)
    assert (file.uri, file.name, file.signed) == (kept, "a.pdf", given)
    assert isinstance(file.signed, Signed)
    assert "SECRET" not in repr(file)
    assert at(kept).signed is None
