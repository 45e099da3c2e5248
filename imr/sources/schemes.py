"""The schemes of addresses that are got over a network, known without the libraries that get them."""

from __future__ import annotations

from urllib.parse import urlsplit

WEB = ("http", "https")

BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "adl")
"""Object stores."""

FILESYSTEMS = ("ftp", "sftp", "smb", "webhdfs", "github", "hf")
"""What fsspec reaches besides."""

STORES = (*BUCKETS, *FILESYSTEMS)
"""Everything that holds files and is no web page."""

REMOTE = (*WEB, *STORES)


def is_remote(uri: str) -> bool:
    """Whether what is at an address is got over a network."""
    return urlsplit(uri).scheme in REMOTE
