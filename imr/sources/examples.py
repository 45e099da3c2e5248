"""An address of every kind of source, with what it stands for: what help and forms show."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, str]] = {
    "folder": ("letters/", "a folder: the .pdf and .txt files anywhere below it"),
    "glob": ("archive/2017/*.pdf", "a glob, or a single file"),
    "archive": ("records.zip", "an archive: .zip, .tar, .tar.gz, .tar.bz2"),
    "table": ("texts.parquet#text,name", "Parquet or JSONL: its column of texts, and perhaps one of names"),
    "addresses": ("urls:addresses.txt", "a text or CSV file of addresses (.csv and .urls need no prefix)"),
    "page": ("https://example.org/letters/", "the letters that a web page links to, or a single file"),
    "bucket": (
        "s3://bucket/prefix/",
        "an object store (s3, gs, az) or ftp; through fsspec, untested: sftp, smb, webhdfs, github, hf",
    ),
    "dwc": (
        "dwc://?decided=2017-01-01..2017-01-31",
        "DWC's search tool: letters decided on these days; without a last day, what is new since the last run",
    ),
}
"""By kind: an address, and what it stands for."""
