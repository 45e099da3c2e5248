"""The files of a listing as columns: of a large folder there are too many for a record each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imr.sources.listing import Alike, Listing, SourceFile, check_count

_COLUMNS = pa.schema({name: pa.string() for name in Alike._fields})
_ENOUGH = 1000
"""Files that are worth columns of their own."""


class Files(Collection[SourceFile]):
    """Files as rows of their addresses, names and stamps, in an order; of some, by their addresses, more is known.

    What is known of an address, such as its signature, is not lost where the same is listed again without it.
    """

    def __init__(self, rows: pa.Table, more: Mapping[str, SourceFile]) -> None:
        self.rows = rows
        self._more = more

    @classmethod
    def of(cls, entries: Iterable[SourceFile | Alike]) -> Files:
        """Files as they come, one by one or many together; those that are columns already are as they are.

        Raises:
            ListingError: `listing_too_large`.
        """
        if isinstance(entries, Files):
            return entries
        more: dict[str, SourceFile] = {}
        parts, count = [_COLUMNS.empty_table()], 0
        for part in _together(entries, more):
            count += len(part.uri)
            check_count(count)
            parts.append(pa.table([pa.array(column, pa.string()) for column in part], schema=_COLUMNS))
        return cls(pa.concat_tables(parts).combine_chunks(), more)

    @classmethod
    def merged(cls, lists: Iterable[Iterable[SourceFile | Alike]]) -> Files:
        """Each file once, by address; the members of an archive stay in its own order, in which they are read best.

        Raises:
            ListingError: `listing_too_large`.
        """
        files = [cls.of(each) for each in lists]
        rows = pa.concat_tables([_COLUMNS.empty_table(), *(each.rows for each in files)])
        check_count(rows.num_rows)
        return cls(_in_order(rows), {uri: file for each in files for uri, file in each._more.items()})

    def only(self, which: pa.Array | pa.ChunkedArray) -> Files:
        """Those for which a mask holds."""
        return Files(self.rows.filter(which), self._more)

    def at(self, places: np.ndarray[Any, np.dtype[np.int64]]) -> Files:
        """Those at some places, in their order."""
        return Files(self.rows.take(places), self._more)

    def knowing(self, more: Mapping[str, SourceFile]) -> Files:
        """The same, of some of which more is known."""
        return Files(self.rows, {**self._more, **more})

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def __iter__(self) -> Iterator[SourceFile]:
        for batch in self.rows.to_batches(_ENOUGH):
            for uri, name, stamp in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                known = self._more.get(uri)
                yield known._replace(name=name, stamp=stamp) if known else SourceFile(uri, name, stamp)

    def __contains__(self, file: object) -> bool:
        return any(file == each for each in self)


def merged(listings: Iterable[Listing]) -> Listing:
    """Several listings as one."""
    parts = list(listings)
    indexes = [part.index for part in parts if part.index is not None]
    return Listing(
        Files.merged(part.files for part in parts),
        dict(sum((Counter(part.passed_over) for part in parts), Counter())),
        pa.concat_tables(indexes) if indexes else None,
        tuple(crawl for part in parts for crawl in part.crawls),
    )


def _together(entries: Iterable[SourceFile | Alike], more: dict[str, SourceFile]) -> Iterator[Alike]:
    """The entries, what is little of them together; files of which more is known are put into `more` by address."""
    part = Alike([], [], [])
    for entry in entries:
        if isinstance(entry, Alike) and len(entry.uri) >= _ENOUGH:
            yield part
            yield entry
            part = Alike([], [], [])
        elif isinstance(entry, Alike):
            part.uri.extend(entry.uri)
            part.name.extend(entry.name)
            part.stamp.extend(entry.stamp)
        else:
            part.uri.append(entry.uri)
            part.name.append(entry.name)
            part.stamp.append(entry.stamp)
            if entry.signed or entry.before:
                more[entry.uri] = entry
        if len(part.uri) >= _ENOUGH:
            yield part
            part = Alike([], [], [])
    yield part


def _in_order(rows: pa.Table) -> pa.Table:
    """In the order of their addresses, each once; of those that have one file before a `#`, as they are."""
    keys = rows["uri"]
    if pc.any(pc.match_substring(keys, "#")).as_py():
        rows = _once(rows)
        files = pc.list_element(pc.split_pattern(rows["uri"], "#", max_splits=1), 0)
        return rows.take(pc.sort_indices(files))
    ordered = rows.take(pc.sort_indices(keys))
    uris = ordered["uri"].combine_chunks()
    is_again = pc.equal(uris.slice(1), uris.slice(0, max(len(uris) - 1, 0)))
    return _once(ordered) if pc.any(is_again).as_py() else ordered


def _once(rows: pa.Table) -> pa.Table:
    """Each address once, where it came first, with the name and stamp that were told last."""
    numbers = rows["uri"].combine_chunks().dictionary_encode().indices.to_numpy()  # of addresses, as they came first
    last = np.zeros(numbers.max(initial=-1) + 1, np.int64)
    last[numbers] = np.arange(rows.num_rows)
    return rows if len(last) == rows.num_rows else rows.take(last)
