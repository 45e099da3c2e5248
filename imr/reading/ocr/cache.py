"""Recognised pages, kept by what they were recognised from: no page is recognised twice, whatever changes elsewhere.

`ocr/<2 digits>/<document id>/<page>-<key>.json`, where the key is made of the engine and of what is done to a page
before it. A page appears whole or not at all, so that a letter whose reading was broken off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from imr.errors import write_failed
from imr.reading.ocr.engine import OcrPage


class OcrCache(NamedTuple):
    """The recognised pages of one document."""

    folder: Path

    def get(self, page: int, engine: str) -> OcrPage | None:
        """A page as an engine recognised it before."""
        return kept_page(self._path(page, engine))

    def put(self, page: int, result: OcrPage) -> Path:
        """Keep a page; gives its file.

        Raises:
            LakeError: `lake_write_failed`.
        """
        path = self._path(page, result.engine)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps({**result._asdict(), "sha256": _hash(result)}), encoding="utf-8")
            temporary.replace(path)
        except OSError as error:
            raise write_failed(error) from error
        return path

    def _path(self, page: int, engine: str) -> Path:
        return self.folder / f"{page:03}-{hashlib.sha256(engine.encode()).hexdigest()[:16]}.json"


def document_cache(root: Path, document_id: str) -> OcrCache:
    """The cache of one document in the cache folder of a lake."""
    return OcrCache(root / document_id[:2] / document_id)


def kept_page(path: Path) -> OcrPage | None:
    """The page that a file keeps; None where it is not there or not as it was written: it is recognised (again)."""
    try:
        record = json.loads(path.read_bytes())
        sha256 = record.pop("sha256", None)  # pages that were kept before there was a hash have none
        page = OcrPage(**record)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return page if sha256 in (None, _hash(page)) else None


def _hash(page: OcrPage) -> str:
    return hashlib.sha256(json.dumps(page).encode()).hexdigest()
