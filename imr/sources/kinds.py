"""The kinds of sources, and which of them an address is of."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from imr.errors import Code, LetterError, ListingError
from imr.settings import CrawlPolicy
from imr.sources import folders, schemes
from imr.sources.credentials import ADVICE, without_credentials
from imr.sources.dwc.search import parse_search
from imr.sources.examples import EXAMPLES
from imr.sources.listing import Alike, Listing, SourceFile

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout
    from imr.sources.dwc.crawl import OnProgress
    from imr.sources.stores import Store
    from imr.sources.web import Web

_LOG = logging.getLogger("imr")

_LISTS = (".urls", ".csv")


class ListingContext(NamedTuple):
    """What listing may need besides an address: network clients, the crawl policy, the lake that will be written."""

    web: Web
    stores: Store
    policy: CrawlPolicy
    lake: LakeLayout
    on_progress: OnProgress = lambda done, added: None


class Kind(NamedTuple):
    """One kind of source that is told by how its addresses begin, and how such a source is listed.

    `check` refuses an address of the kind that makes no sense before anything is requested, and `file` is the path of
    the file of this machine that an address names, None where it names none.
    """

    prefixes: tuple[str, ...]
    list: Callable[[str, ListingContext], Listing]
    check: Callable[[str], object] = str
    file: Callable[[str], str | None] = lambda address: None


# What lists a kind is imported when it does: whether an address is one, and what it names is there, is said at once.


def _dwc(address: str, context: ListingContext) -> Listing:
    from imr.sources.dwc.crawl import crawl

    days = context.policy.look_back_days
    return crawl(parse_search(address), context.web, context.lake, days, on_progress=context.on_progress)


def _web(address: str, context: ListingContext) -> Listing:
    from imr.sources import links

    return links.list_page(address, context.web)


def _store(address: str, context: ListingContext) -> Listing:
    return context.stores.list(address)


def _urls(address: str, _: ListingContext) -> Listing:
    from imr.sources import links

    return links.list_addresses(Path(_behind_prefix(address)), schemes.REMOTE)


def _behind_prefix(address: str) -> str:
    return address.partition(":")[2]


def _local(address: str, _: ListingContext) -> Listing:
    """Files of this machine: those that hold many letters by their kind, any other as a letter."""
    from imr.sources import archives, links, table_files
    from imr.sources.many import Files, merged

    name, columns = (address, "") if folders.is_there(address) else _cut(address, "#")
    text, named = _cut(columns, ",")
    passed_over: Counter[str] = Counter()
    lists: list[Listing] = []

    def files() -> Iterator[SourceFile | Alike]:
        for path in folders.paths(name):
            if path.is_dir():
                yield from folders.letters_in(path, passed_over)
            elif path.is_symlink():
                yield folders.source_file(path)  # which fetching refuses, whatever it leads to
            elif archives.is_archive(path):
                yield from archives.list_archive(path, passed_over)
            elif table_files.is_table(path):
                yield from table_files.list_table(path, text, named)
            elif path.name.lower().endswith(_LISTS):
                lists.append(links.list_addresses(path, schemes.REMOTE))
            else:
                yield folders.source_file(path)

    listed = Listing(Files.of(files()), dict(passed_over))  # whoever lists many sources puts them in order
    return merged([listed, *lists]) if lists else listed


KINDS = (
    Kind(("dwc:",), _dwc, parse_search),
    Kind(tuple(f"{scheme}://" for scheme in schemes.WEB), _web),
    Kind(tuple(f"{scheme}://" for scheme in schemes.STORES), _store),
    Kind(("urls:",), _urls, file=_behind_prefix),
)
"""Any other address is of this machine: a folder, a glob or a file, whose name tells what it holds."""


def list_sources(addresses: Iterable[str], context: ListingContext) -> Listing:
    """Everything that the sources name, each file once. Credentials in their addresses are cut, and the log says so.

    Raises:
        ListingError: a source cannot say what it holds; `source_missing`: it stands for nothing;
            `unknown_source`: nothing is known of such addresses.
    """
    from imr.sources.many import merged

    return merged([_list(_at_the_door(address), context) for address in addresses])


def missing_sources(addresses: Iterable[str]) -> list[str]:
    """Those of some sources that are of this machine, and not there.

    Raises:
        ListingError: `unknown_source`: nothing is known of such addresses.
    """
    local = {address: _file_of(address) for address in addresses}
    return [address for address, file in local.items() if file is not None and not folders.is_there(file)]


def _at_the_door(address: str) -> str:
    kept = without_credentials(address)
    if kept != address:
        _LOG.warning("%s: %s", kept, ADVICE)
    return kept


def nothing_in(addresses: Iterable[str]) -> dict[str, int] | None:
    """What was passed over in sources that are all of this machine and hold no letter; None for any others.

    Raises:
        ListingError: a folder cannot be looked into.
    """
    passed_over: Counter[str] = Counter()
    for address in addresses:
        file = None if _kind(address) else _file_of(address)
        with _said_of(address):
            if file is None or any(_has_any(path, passed_over) for path in folders.paths(file)):
                return None
    return dict(passed_over)


def _has_any(path: Path, passed_over: Counter[str]) -> bool:
    return not path.is_dir() or any(True for _ in folders.letters_in(path, passed_over))


def _list(address: str, context: ListingContext) -> Listing:
    kind = _kind(address)
    with _said_of(address):
        return kind.list(address, context) if kind else _local(address, context)


@contextmanager
def _said_of(address: str) -> Iterator[None]:
    """Turn whatever keeps a source from being listed into an error that names the source."""
    try:
        yield
    except LetterError as error:
        raise ListingError(error.code, f"{address} cannot be listed: {error.message}") from error
    except FileNotFoundError as error:
        raise ListingError(Code.SOURCE_MISSING, f"{address} is not there") from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise ListingError(Code.SOURCE_UNREADABLE, f"{address} cannot be listed: {reason}") from error


def _file_of(address: str) -> str | None:
    """The path that an address of this machine leads to, None for any other address."""
    if kind := _kind(address):
        kind.check(address)
        return kind.file(address)
    return address if folders.is_there(address) else _cut(address, "#")[0]


def _cut(text: str, mark: str) -> tuple[str, str]:
    before, _, after = text.partition(mark)
    return before, after


def _check_form(address: str) -> None:
    try:
        urlsplit(address)
    except ValueError as error:
        raise ListingError(Code.UNKNOWN_SOURCE, f"{without_credentials(address)} is no address") from error


def _kind(address: str) -> Kind | None:
    """The kind of an address, None for one of this machine.

    Raises:
        ListingError: `unknown_source`.
    """
    for kind in KINDS:
        if address.lower().startswith(kind.prefixes):
            _check_form(address)
            return kind
    if "://" in address:
        address = without_credentials(address)
        known = ", ".join(example for example, _ in EXAMPLES.values())
        raise ListingError(Code.UNKNOWN_SOURCE, f"{address} is no address of a known kind, such as {known}")
    return None
