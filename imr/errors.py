"""Everything that can go wrong with one letter or one lake, as a closed set of codes.

::

    ImrError
    ├── LetterError                 one letter cannot go on: it goes to quarantine under its code
    │   ├── SourceError             fault of the place it came from     retried when transient
    │   ├── UnreadableError         fault of the file itself            never retried
    │   ├── UnsupportedError        a letter we do not read yet         retried after an upgrade
    │   ├── ResourceError           took too much time or memory        retried by every run
    │   ├── MachineError            the disk failed, not the letter     retried by every run
    │   └── InternalError           our fault                           retried by every run
    ├── ListingError                a source cannot say what it holds: the run fails and the tables are as they were,
    │                               as a run that shrinks in silence is the worst fault
    ├── LakeError                   the lake cannot be written or read, or a gate refuses what a run would publish:
    │                               the run fails and the tables are as they were
    └── SetupError                  what a run was told to use is not there: the run fails before it begins

An error's message never holds letter text: messages are fixed sentences with numbers in them.
"""

from __future__ import annotations

import errno
import traceback
from enum import StrEnum
from functools import partial
from pathlib import Path


class Code(StrEnum):
    """The closed set of error codes, as they stand in `lineage.error_code` and `quarantine.error_code`."""

    # SourceError
    SOURCE_MISSING = "source_missing"
    SOURCE_UNREADABLE = "source_unreadable"
    NOT_A_FILE = "not_a_file"
    SOURCE_GONE = "source_gone"
    SOURCE_REFUSED = "source_refused"
    SOURCE_BUSY = "source_busy"
    SOURCE_BROKEN = "source_broken"
    SOURCE_CLOSED = "source_closed"
    TLS_FAILED = "tls_failed"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    # UnreadableError
    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    ARCHIVE_DAMAGED = "archive_damaged"
    ARCHIVE_UNSAFE = "archive_unsafe"
    PDF_DAMAGED = "pdf_damaged"
    PDF_PASSWORD = "pdf_password"
    TOO_MANY_PAGES = "too_many_pages"
    NO_TEXT = "no_text"
    IMAGE_TOO_LARGE = "image_too_large"
    TOO_MANY_PARTS = "too_many_parts"
    # UnsupportedError
    NEEDS_OCR = "needs_ocr"
    UNKNOWN_FORMAT = "unknown_format"
    SECTIONS_MISSING = "sections_missing"
    NO_DECISIONS = "no_decisions"
    ITEMS_DISAGREE = "items_disagree"
    SEVERAL_LETTERS = "several_letters"
    # ResourceError
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_DIED = "worker_died"
    # MachineError
    MACHINE_FAILED = "machine_failed"
    # InternalError
    INVALID_ROWS = "invalid_rows"
    INTERNAL_ERROR = "internal_error"
    BATCH_FAILED = "batch_failed"
    # ListingError
    LISTING_CHANGED = "listing_changed"
    LISTING_EMPTY = "listing_empty"
    LISTING_TOO_LARGE = "listing_too_large"
    UNKNOWN_SOURCE = "unknown_source"
    # LakeError
    LAKE_LOCKED = "lake_locked"
    LAKE_DAMAGED = "lake_damaged"
    LAKE_OUTDATED = "lake_outdated"
    LAKE_WRITE_FAILED = "lake_write_failed"
    GATE_REFUSED = "gate_refused"
    NO_NEW_LETTERS = "no_new_letters"
    RELEASE_EXISTS = "release_exists"
    RELEASE_MISSING = "release_missing"
    REMOTE_STORE_FAILED = "remote_store_failed"
    # SetupError
    LINEAGE_NOT_SET_UP = "lineage_not_set_up"


HELD_BY_THE_LETTER = frozenset(
    {
        Code.EMPTY_FILE,
        Code.FILE_TOO_LARGE,
        Code.UNSUPPORTED_MEDIA_TYPE,
        Code.ARCHIVE_DAMAGED,
        Code.ARCHIVE_UNSAFE,
        Code.PDF_DAMAGED,
        Code.PDF_PASSWORD,
        Code.TOO_MANY_PAGES,
        Code.NO_TEXT,
        Code.IMAGE_TOO_LARGE,
        Code.TOO_MANY_PARTS,
        Code.UNKNOWN_FORMAT,
        Code.SECTIONS_MISSING,
        Code.NO_DECISIONS,
        Code.ITEMS_DISAGREE,
        Code.SEVERAL_LETTERS,
    }
)
"""Codes that tell of what a letter holds: they alone take a public letter out of the tables."""

TRIED_AGAIN = frozenset(
    {
        Code.SOURCE_MISSING,
        Code.SOURCE_UNREADABLE,
        Code.NOT_A_FILE,
        Code.SOURCE_GONE,
        Code.SOURCE_REFUSED,
        Code.SOURCE_BUSY,
        Code.SOURCE_BROKEN,
        Code.SOURCE_CLOSED,
        Code.TLS_FAILED,
        Code.ADDRESS_NOT_ALLOWED,
        Code.TIMED_OUT,
        Code.OUT_OF_MEMORY,
        Code.WORKER_DIED,
        Code.MACHINE_FAILED,
        Code.INVALID_ROWS,
        Code.INTERNAL_ERROR,
        Code.BATCH_FAILED,
    }
)
"""Codes that every later run tries again. All others are poison: they would fail as before under the same code, rules
and engines.
"""


class Level(StrEnum):
    """How loud a file in quarantine is: something we do not read yet, a bad file, a fault of the system."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    def reaches(self, level: Level) -> bool:
        """Whether this is as loud as another level, or louder."""
        order = list(Level)
        return order.index(self) >= order.index(level)


_NOT_READ_YET = frozenset(
    {
        Code.NEEDS_OCR,
        Code.UNKNOWN_FORMAT,
        Code.SECTIONS_MISSING,
        Code.NO_DECISIONS,
        Code.ITEMS_DISAGREE,
        Code.SEVERAL_LETTERS,
    }
)
_OF_THE_SYSTEM = frozenset(
    {
        Code.TIMED_OUT,
        Code.OUT_OF_MEMORY,
        Code.WORKER_DIED,
        Code.MACHINE_FAILED,
        Code.INVALID_ROWS,
        Code.INTERNAL_ERROR,
        Code.BATCH_FAILED,
    }
)


def level_of(code: Code) -> Level:
    """How loud the code of a quarantined file is."""
    if code in _NOT_READ_YET:
        return Level.INFO
    return Level.ERROR if code in _OF_THE_SYSTEM else Level.WARNING


class ImrError(Exception):
    """Any error of ours. `code` says what happened, `transient` whether trying again at once may help."""

    def __init__(self, code: Code, message: str, *, transient: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.transient = transient

    def __reduce__(self) -> tuple[partial[ImrError], tuple[Code, str]]:
        # Errors travel from worker processes: rebuild them from their parts.
        return partial(type(self), transient=self.transient), (self.code, self.message)


class LetterError(ImrError):
    """One letter cannot go on; every other letter can."""


class SourceError(LetterError):
    """The place a letter comes from did not give it."""


class UnreadableError(LetterError):
    """The file itself is at fault and will be at every try."""


class UnsupportedError(LetterError):
    """A letter this version does not read; a later version may."""


class ResourceError(LetterError):
    """Reading the letter took more time or memory than it may."""


class MachineError(LetterError):
    """The machine failed while it had the letter; the letter has no part in it."""


class InternalError(LetterError):
    """A fault of ours that one letter brought to light."""


class ListingError(ImrError):
    """A source cannot say what it holds; the run fails, and the tables are as they were.

    Its code is one of its own, or that of the fault that was met while listing.
    """


class LakeError(ImrError):
    """The lake could not be read or written; nothing was changed, or the next recovery finishes what was decided."""


class SetupError(ImrError):
    """Something that a run was told to use is not installed or not configured as it must be; nothing was done."""


_LASTING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
"""What a file system says that somebody has to see to: to try again in a few seconds is in vain."""


def write_failed(error: OSError) -> LakeError:
    """What the file system said while a lake was written, as an error of the lake."""
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    message = f"the lake cannot be written ({reason})"
    return LakeError(Code.LAKE_WRITE_FAILED, message, transient=error.errno not in _LASTING)


def raised_at(error: Exception) -> str:
    """Where a fault happened, without its message: that could hold letter text."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name} line {frame.lineno}"
