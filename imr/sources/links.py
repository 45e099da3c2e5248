"""Letters on the web by their addresses: a file that lists them, or a page that links to them."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from imr.errors import Code, ListingError
from imr.sources.listing import Listing, SourceFile, in_order, is_letter_name
from imr.sources.web import Response, Web

MAX_PAGES = 10_000
"""Pages of one index that are read at most."""

_HTML = ("text/html", "application/xhtml+xml")
_NO_ADDRESS = "no address"


def list_addresses(path: Path, schemes: Iterable[str]) -> Listing:
    """The addresses that a text or CSV file holds, the first of each line; lines without one are counted.

    Raises:
        ListingError: `source_unreadable`, or `listing_empty` when there is none.
    """
    starts, passed_over, files = tuple(f"{scheme}://" for scheme in schemes), Counter[str](), []
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.reader(file):
                cells = (cell.strip() for cell in row)
                address = next((cell for cell in cells if cell.lower().startswith(starts)), None)
                if address:
                    files.append(at(address))
                elif any(cell.strip() for cell in row):
                    passed_over[_NO_ADDRESS] += 1
    except (OSError, csv.Error) as error:
        message = f"the list of addresses cannot be read ({type(error).__name__})"
        raise ListingError(Code.SOURCE_UNREADABLE, message) from error
    if not files:
        raise ListingError(Code.LISTING_EMPTY, "the list holds no address")
    return Listing(in_order(files), dict(passed_over))


def list_page(address: str, web: Web) -> Listing:
    """The letters that a page links to, and the pages of folders below its own; or the address itself if no page.

    Raises:
        LetterError: the page cannot be read.
        ListingError: `listing_empty` when it links to no letter.
    """
    if is_letter_name(urlsplit(address).path):
        return Listing((at(address),), {})
    files: list[SourceFile] = []
    passed_over: Counter[str] = Counter()
    waiting, seen = deque([urldefrag(address).url]), {urldefrag(address).url}
    while waiting:
        response = web.get(waiting.popleft())
        if response.content_type not in _HTML:
            if len(seen) == 1:
                return Listing((at(address),), {})
            passed_over[response.content_type] += 1
            continue
        for link in _links(response):
            if is_letter_name(urlsplit(link).path):
                files.append(at(link))
            elif _is_folder_below(link, response.url) and link not in seen and len(seen) < MAX_PAGES:
                seen.add(link)
                waiting.append(link)
    if not files:
        raise ListingError(Code.LISTING_EMPTY, "the page links to no letter")
    return Listing(in_order(files), dict(passed_over))


def at(address: str) -> SourceFile:
    """A file at an address, named by the last part of its path."""
    address = urldefrag(address).url
    parts = urlsplit(address)
    return SourceFile(address, PurePosixPath(unquote(parts.path)).name or parts.netloc, "")


def _links(response: Response) -> Iterator[str]:
    tree = LexborHTMLParser(response.body)
    base = tree.css_first("base[href]")
    start = urljoin(response.url, (base.attributes.get("href") or "") if base else "")
    for node in tree.css("a[href]"):
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
