"""What is there to fetch: addresses with what is known of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from imr.errors import Code, ListingError
from imr.reading.packed import SUFFIXES as PACKED_SUFFIXES
from imr.sources.credentials import Signed
from imr.sources.dwc.search import Crawl

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")

MAX_ENTRIES = 2_000_000
"""Entries of one listing, letters and others: more than there are letters. It takes about a gigabyte of memory."""

LETTER_SUFFIXES = (".pdf", ".txt")
"""Names that a folder, an archive or a page is searched for; a file given by its own name may have any."""


_SUFFIXES = tuple(suffix + packed for suffix in LETTER_SUFFIXES for packed in ("", *PACKED_SUFFIXES))

OF_A_MAC = "of a Mac"
"""Under what the files are counted that a Mac keeps beside each other one."""

HIDDEN, OTHER = "hidden", "other"
"""Under what files are counted whose names begin with a dot, and those with a suffix like no other."""

_SUFFIX = re.compile(r"(?:\.[\w+-]{1,12})?")


class Before(NamedTuple):
    """What was fetched from an address before, and by what its server knows that version again."""

    document_id: str
    suffix: str
    byte_size: int
    etag: str | None
    last_modified: str | None


class SourceFile(NamedTuple):
    """One file at its source.

    `uri` is its address, by which alone it can be got, `name` its name as text (undecodable bytes replaced), `stamp`
    changes whenever the file does; an empty stamp means that nothing is known of it.
    """

    uri: str
    name: str
    stamp: str
    before: Before | None = None
    signed: Signed | None = None
    """The address with its signature, where it has one: for requests of this run, and never kept."""


class Alike(NamedTuple):
    """Many files of which nothing more is known than this of each: as `SourceFile`, in lists of one length."""

    uri: list[str]
    name: list[str]
    stamp: list[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a set of sources holds. `passed_over` counts the folders' files of other kinds by suffix.

    `index` are rows of `dwc_index` that a source told beside its files, `crawls` the searches that these stand for.
    """

    files: Collection[SourceFile]
    passed_over: dict[str, int]
    index: pa.Table | None = None
    crawls: tuple[Crawl, ...] = ()


def bounded(entries: Iterable[T]) -> Iterator[T]:
    """What a place lists, refused as soon as it is more than a run can take in.

    Raises:
        ListingError: `listing_too_large`.
    """
    for count, entry in enumerate(entries, 1):
        check_count(count)
        yield entry


def check_count(entries: int) -> None:
    """Refuse more entries than a run can take in.

    Raises:
        ListingError: `listing_too_large`.
    """
    if entries > MAX_ENTRIES:
        raise too_large()


def too_large() -> ListingError:
    """The error for a listing that goes on beyond `MAX_ENTRIES`."""
    return ListingError(Code.LISTING_TOO_LARGE, f"there are more than {MAX_ENTRIES:,} entries: name parts of it")


def is_letter_name(name: str) -> bool:
    """Whether a file of this name, or the end of a path, is taken for a letter where many files are."""
    return name.lower().endswith(_SUFFIXES) and not is_of_a_mac(name) and not _is_hidden(name)


def is_of_a_mac(path: str) -> bool:
    """Whether a name, or a path with `/`, is of what a Mac keeps of a file beside it: `._NAME`, or below `__MACOSX`."""
    *folders, name = path.split("/")
    return name.startswith("._") or "__MACOSX" in folders


def kind_of_name(path: str) -> str:
    """Under what a file that is passed over is counted: its suffix in lower case, `of a Mac`, `hidden` or `other`.

    A suffix that is no word could be anything and is not repeated.
    """
    if is_of_a_mac(path):
        return OF_A_MAC
    if _is_hidden(path):
        return HIDDEN
    suffix = PurePosixPath(path).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else OTHER


def _is_hidden(path: str) -> bool:
    """Whether a name, or the last one of a path, begins with a dot, as of files that programs keep to themselves."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and not name.startswith("..")
