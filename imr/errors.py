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
from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import partial
from pathlib import Path
from typing import Self


class Fault(Enum):
    """Whose fault an error is: the class of errors that is raised for it."""

    SOURCE = "SourceError"
    FILE = "UnreadableError"
    UNSUPPORTED = "UnsupportedError"
    RESOURCES = "ResourceError"
    MACHINE = "MachineError"
    OURS = "InternalError"
    LISTING = "ListingError"
    LAKE = "LakeError"
    SETUP = "SetupError"


class Code(StrEnum):
    """The closed set of error codes, as they stand in `lineage.error_code` and `quarantine.error_code`.

    Each has the fault that decides how loud it is and whether later runs try again.
    """

    _value_: str
    fault: Fault

    def __new__(cls, value: str, *fault: Fault) -> Self:
        """A code that is its own text. Its fault stands in the declaration alone: `Code(value)` looks a code up."""
        code = str.__new__(cls, value)
        code._value_ = value
        (code.fault,) = fault
        return code

    SOURCE_MISSING = "source_missing", Fault.SOURCE
    SOURCE_UNREADABLE = "source_unreadable", Fault.SOURCE
    NOT_A_FILE = "not_a_file", Fault.SOURCE
    SOURCE_GONE = "source_gone", Fault.SOURCE
    SOURCE_REFUSED = "source_refused", Fault.SOURCE
    SOURCE_BUSY = "source_busy", Fault.SOURCE
    SOURCE_BROKEN = "source_broken", Fault.SOURCE
    SOURCE_CLOSED = "source_closed", Fault.SOURCE
    TLS_FAILED = "tls_failed", Fault.SOURCE
    ADDRESS_NOT_ALLOWED = "address_not_allowed", Fault.SOURCE
    UNKNOWN_SOURCE = "unknown_source", Fault.SOURCE
    EMPTY_FILE = "empty_file", Fault.FILE
    FILE_TOO_LARGE = "file_too_large", Fault.FILE
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", Fault.FILE
    ARCHIVE_DAMAGED = "archive_damaged", Fault.FILE
    ARCHIVE_UNSAFE = "archive_unsafe", Fault.FILE
    PDF_DAMAGED = "pdf_damaged", Fault.FILE
    PDF_PASSWORD = "pdf_password", Fault.FILE
    TOO_MANY_PAGES = "too_many_pages", Fault.FILE
    NO_TEXT = "no_text", Fault.FILE
    IMAGE_TOO_LARGE = "image_too_large", Fault.FILE
    TOO_MANY_PARTS = "too_many_parts", Fault.FILE
    NEEDS_OCR = "needs_ocr", Fault.UNSUPPORTED
    UNKNOWN_FORMAT = "unknown_format", Fault.UNSUPPORTED
    SECTIONS_MISSING = "sections_missing", Fault.UNSUPPORTED
    NO_DECISIONS = "no_decisions", Fault.UNSUPPORTED
    ITEMS_DISAGREE = "items_disagree", Fault.UNSUPPORTED
    SEVERAL_LETTERS = "several_letters", Fault.UNSUPPORTED
    TIMED_OUT = "timed_out", Fault.RESOURCES
    OUT_OF_MEMORY = "out_of_memory", Fault.RESOURCES
    WORKER_DIED = "worker_died", Fault.RESOURCES
    WORKER_REFUSED = "worker_refused", Fault.RESOURCES
    MACHINE_FAILED = "machine_failed", Fault.MACHINE
    INVALID_ROWS = "invalid_rows", Fault.OURS
    INTERNAL_ERROR = "internal_error", Fault.OURS
    BATCH_FAILED = "batch_failed", Fault.OURS
    LISTING_CHANGED = "listing_changed", Fault.LISTING
    LISTING_EMPTY = "listing_empty", Fault.LISTING
    LISTING_TOO_LARGE = "listing_too_large", Fault.LISTING
    LAKE_LOCKED = "lake_locked", Fault.LAKE
    LAKE_DAMAGED = "lake_damaged", Fault.LAKE
    LAKE_OUTDATED = "lake_outdated", Fault.LAKE
    LAKE_WRITE_FAILED = "lake_write_failed", Fault.LAKE
    GATE_REFUSED = "gate_refused", Fault.LAKE
    NO_NEW_LETTERS = "no_new_letters", Fault.LAKE
    RELEASE_EXISTS = "release_exists", Fault.LAKE
    RELEASE_MISSING = "release_missing", Fault.LAKE
    REMOTE_STORE_FAILED = "remote_store_failed", Fault.LAKE
    STORE_UNSAFE = "store_unsafe", Fault.LAKE
    STORE_DIFFERS = "store_differs", Fault.LAKE
    LINEAGE_NOT_SET_UP = "lineage_not_set_up", Fault.SETUP
    ENGINE_REFUSED = "engine_refused", Fault.SETUP
    ENGINE_FAILED = "engine_failed", Fault.SETUP
    LABELS_UNREADABLE = "labels_unreadable", Fault.SETUP


HELD_BY_THE_LETTER = frozenset(
    code for code in Code if code.fault in (Fault.FILE, Fault.UNSUPPORTED) and code is not Code.NEEDS_OCR
)
"""Codes that tell of what a letter holds: they alone take a public letter out of the tables."""

TRIED_AGAIN = frozenset(
    code for code in Code if code.fault in (Fault.SOURCE, Fault.RESOURCES, Fault.MACHINE, Fault.OURS)
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


_LEVELS = {
    Fault.UNSUPPORTED: Level.INFO,
    Fault.RESOURCES: Level.ERROR,
    Fault.MACHINE: Level.ERROR,
    Fault.OURS: Level.ERROR,
}


def level_of(code: Code) -> Level:
    """How loud the code of a quarantined file is."""
    return _LEVELS.get(code.fault, Level.WARNING)


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


_CLASSES: Mapping[str, type[ImrError]] = {
    each.__name__: each for each in (*LetterError.__subclasses__(), ListingError, LakeError, SetupError)
}


def error_of(code: Code, message: str, *, transient: bool = False) -> ImrError:
    """An error made of its parts: of the class that its code's fault names."""
    return _CLASSES[code.fault.value](code, message, transient=transient)


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
