"""Reading a letter, or failing over it as some were chosen to. A module of its own: workers import it by its name."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imr.errors import Code, InternalError, ResourceError, SourceError, UnreadableError
from imr.sources.fetching import fetch
from imr.steps.ocr_cleanup import clean_letter


def fail(how: str) -> None:
    """Fail as a letter, the machine or the product itself does."""
    match Code(how):
        case Code.WORKER_DIED:
            os.kill(os.getpid(), signal.SIGKILL)
        case Code.OUT_OF_MEMORY:
            raise MemoryError
        case Code.MACHINE_FAILED:
            raise OSError(5, "Input/output error")
        case Code.INTERNAL_ERROR:
            raise ValueError
        case Code.TIMED_OUT:
            raise ResourceError(Code.TIMED_OUT, "as if its time were up")
        case Code.TOO_MANY_PARTS:
            raise UnreadableError(Code.TOO_MANY_PARTS, "as if it had 32,768 items")
        case other:
            raise InternalError(other, "as if it were so")


def clean_or_fail(chosen: Mapping[str, str], path: Path, document_id: str, *more: Any) -> Any:
    """Clean a letter, unless its document was chosen to fail."""
    if document_id in chosen:
        fail(chosen[document_id])
    return clean_letter(path, document_id, *more)


def fetch_or_fail(unreadable: str, uri: str, *more: Any) -> Any:
    """Fetch a file, unless it is the one that the file system does not give."""
    if uri.endswith(unreadable):
        raise SourceError(Code.SOURCE_UNREADABLE, "as if permission were denied")
    return fetch(uri, *more)
