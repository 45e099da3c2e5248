"""Letters on the web by their addresses: a file that lists them, or a page that links to them."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from imr.errors import Code, ListingError
from imr.sources.credentials import Signed, without_credentials, without_signature
from imr.sources.listing import MAX_ENTRIES, Listing, SourceFile, bounded, is_letter_name
from imr.sources.many import Files
from imr.sources.web import Response, Web

MAX_PAGES = 10_000
"""Pages of one index that are read at most."""

MAX_PAGE_BYTES = 20_000_000
"""Bytes of one index page that is read: parsed, it takes ten times as much memory."""

_HTML = ("text/html", "application/xhtml+xml")
_NO_ADDRESS = "no address"


def list_addresses(path: Path, schemes: Iterable[str]) -> Listing:
    """The addresses that a text or CSV file holds, the first of each line; lines without one are counted.

    Raises:
        ListingError: `source_unreadable`, `listing_too_large`, or `listing_empty` when there is none.
    """
    starts, passed_over = tuple(f"{scheme}://" for scheme in schemes), Counter[str]()

    def files() -> Iterator[SourceFile]:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            for line in lines:
                if file := _address_in(line, starts):
                    yield file
                elif line.strip():
                    passed_over[_NO_ADDRESS] += 1

    try:
        found = Files.merged([files()])
    except OSError as error:
        message = f"the list of addresses cannot be read ({type(error).__name__})"
        raise ListingError(Code.SOURCE_UNREADABLE, message) from error
    if not found:
        raise ListingError(Code.LISTING_EMPTY, "the list holds no address")
    return Listing(found, dict(passed_over))


def _address_in(line: str, starts: tuple[str, ...]) -> SourceFile | None:
    """The first address of a line, each of which stands for itself: a quote that is not closed ends with it."""
    try:
        cells = (cell.strip() for row in csv.reader([line]) for cell in row)
        address = next((cell for cell in cells if cell.lower().startswith(starts)), None)
        return at(address) if address else None
    except (ValueError, csv.Error):  # what is no address, what is no line of a table
        return None


def list_page(address: str, web: Web) -> Listing:
    """The letters that a page links to, and the pages of folders below its own; or the address itself if no page.

    Raises:
        LetterError: the page cannot be read.
        ListingError: `listing_empty` when it links to no letter; `listing_too_large`.
    """
    if is_letter_name(urlsplit(address).path):
        return Listing((at(address),), {})
    passed_over: Counter[str] = Counter()
    found = Files.merged([_linked(urldefrag(address).url, web, passed_over)])
    if not found:
        raise ListingError(Code.LISTING_EMPTY, "the page links to no letter")
    return Listing(found, dict(passed_over))


def _linked(address: str, web: Web, passed_over: Counter[str]) -> Iterator[SourceFile]:
    waiting, seen, left_out = deque([address]), {address}, set[str]()
    while waiting:
        response = web.get(waiting.popleft())
        if response.content_type not in _HTML:
            if len(seen) == 1:
                yield at(address)
                return
            passed_over[response.content_type] += 1
            continue
        for link in dict.fromkeys(bounded(_links(response))):
            if is_letter_name(urlsplit(link).path):
                yield at(link)
            elif _is_folder_below(link, response.url) and link not in seen:
                if len(seen) < MAX_PAGES:
                    seen.add(link)
                    waiting.append(link)
                elif len(left_out) < MAX_ENTRIES:
                    left_out.add(link)
    if left_out:
        passed_over[f"index pages beyond {MAX_PAGES:,}"] += len(left_out)


def at(address: str) -> SourceFile:
    """A file at an address, named by the last part of its path."""
    whole = urldefrag(address).url
    address = without_credentials(whole)
    parts = urlsplit(address)
    signed = Signed(whole) if without_signature(whole) != whole else None
    return SourceFile(address, PurePosixPath(unquote(parts.path)).name or parts.netloc, "", signed=signed)


def _links(response: Response) -> Iterator[str]:
    if len(response.body) > MAX_PAGE_BYTES:
        message = f"an index page has more than {MAX_PAGE_BYTES:,} bytes: name pages below it, or list the addresses"
        raise ListingError(Code.LISTING_TOO_LARGE, message)
    tree = LexborHTMLParser(response.body)
    base = tree.css_first("base[href]")
    start = urljoin(response.url, (base.attributes.get("href") or "") if base else "")
    for node in tree.root.traverse() if tree.root else ():
        if node.tag != "a" or "href" not in node.attributes:
            continue
        try:
            link = urldefrag(urljoin(start, (node.attributes.get("href") or "").strip())).url
            if urlsplit(link).scheme in ("http", "https"):
                yield link
        except ValueError:  # what is no address leads nowhere
            continue


def _is_folder_below(link: str, page: str) -> bool:
    there, here = urlsplit(link), urlsplit(page)
    folder = here.path[: here.path.rfind("/") + 1] or "/"
    inside = there.path.startswith(folder) and len(there.path) > len(folder)
    return there[:2] == here[:2] and inside and there.path.endswith("/") and not there.query
