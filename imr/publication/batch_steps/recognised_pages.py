"""Recognised pages on their way: told by a worker, kept by its parent, and brought from the lake's object store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, NamedTuple

import msgspec

from imr.lake.files import lake_errors, put_in_place
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import shared_store
from imr.reading.ocr.cache import document_cache, kept_page
from imr.reading.ocr.engine import OcrPage
from imr.workers.wire import AnswerRefusedError


class RecognisedPage(NamedTuple):
    """What a worker tells of a page once it is recognised."""

    document_id: str
    page: Annotated[int, msgspec.Meta(ge=0, lt=100_000)]
    result: OcrPage


def keep_page(lake: LakeLayout, letters: Sequence[Sequence[Any]], told: object) -> None:
    """Keep a page that a worker has told of, so that a letter whose reading is broken off goes on where it stopped.

    Raises:
        AnswerRefusedError: it is none of these letters'.
        LakeError: `lake_write_failed`, `remote_store_failed`.
    """
    try:
        page = msgspec.convert(told, RecognisedPage)
    except msgspec.ValidationError as error:
        raise AnswerRefusedError from error
    if page.document_id not in {letter[0] for letter in letters}:
        raise AnswerRefusedError("a page of another letter")
    file = document_cache(lake.ocr, page.document_id).put(page.page, page.result)
    if store := shared_store(lake):
        with lake_errors():
            store.put(file.relative_to(lake.root).as_posix(), file.read_bytes())


def bring_pages(lake: LakeLayout, documents: Collection[str]) -> None:
    """Have the pages of some documents here that any machine has recognised; damaged ones go, and are made anew.

    Raises:
        LakeError: `lake_write_failed`, `remote_store_failed`.
    """
    if (store := shared_store(lake)) is None:
        return
    keys = [kept.key for document in documents for kept in store.listed(f"ocr/{document[:2]}/{document}/")]
    for key, data in store.get_all(key for key in keys if not (lake.root / key).exists()):
        file = lake.ocr / PurePosixPath(key).relative_to("ocr")
        with lake_errors():
            file.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(file, partial(Path.write_bytes, data=data or b""))
            if kept_page(file) is None:
                store.erase(key)
                file.unlink()
