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
        try:
            return OcrPage(**json.loads(self._path(page, engine).read_bytes()))
        except (OSError, ValueError, TypeError):  # not there, or not whole: it is recognised (again)
            return None

    def put(self, page: int, result: OcrPage) -> None:
        """Keep a page.

        Raises:
            LakeError: `lake_write_failed`.
        """
        path = self._path(page, result.engine)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(result._asdict()), encoding="utf-8")
            temporary.replace(path)
        except OSError as error:
            raise write_failed(error) from error

    def _path(self, page: int, engine: str) -> Path:
        return self.folder / f"{page:03}-{hashlib.sha256(engine.encode()).hexdigest()[:16]}.json"
