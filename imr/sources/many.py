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
_PART = 1 << 16
"""Files whose names are held as Python's texts meanwhile."""


class Files(Collection[SourceFile]):
    """Files as rows of their addresses, names and stamps, in an order; of some, by their addresses, more is known."""

    def __init__(self, rows: pa.Table, more: Mapping[str, SourceFile]) -> None:
        self.rows = rows
        self._more = more

    @classmethod
    def of(cls, entries: Iterable[SourceFile | Alike]) -> Files:
        """Files as they come, one by one or many together.

        Raises:
            ListingError: `listing_too_large`.
        """
        more: dict[str, SourceFile] = {}
        parts, count = [_COLUMNS.empty_table()], 0
        for many in _together(entries, more):
            count += len(many.uri)
            check_count(count)
            parts.append(pa.table([pa.array(column, pa.string()) for column in many], schema=_COLUMNS))
        return cls(pa.concat_tables(parts), more)

    @classmethod
    def merged(cls, lists: Iterable[Collection[SourceFile]]) -> Files:
        """Each file once, by address; the members of an archive stay in its own order, in which they are read best.

        Raises:
            ListingError: `listing_too_large`.
        """
        files = [each if isinstance(each, Files) else cls.of(each) for each in lists]
        rows = pa.concat_tables([_COLUMNS.empty_table(), *(each.rows for each in files)])
        check_count(rows.num_rows)
        return cls(_in_order(_once(rows)), {uri: file for each in files for uri, file in each._more.items()})

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
        for batch in self.rows.to_batches(_PART):
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


def _together(entries: Iterable[SourceFile | Alike], known: dict[str, SourceFile]) -> Iterator[Alike]:
    """The entries in parts of a size; those of which more is known are put among the `known` ones."""
    many = Alike([], [], [])
    for entry in entries:
        if isinstance(entry, SourceFile) and (entry.signed or entry.before):
            known[entry.uri] = entry
        more = entry if isinstance(entry, Alike) else Alike([entry.uri], [entry.name], [entry.stamp])
        for column, values in zip(many, more, strict=True):
            column += values
        if len(many.uri) >= _PART:
            yield many
            many = Alike([], [], [])
    yield many


def _once(rows: pa.Table) -> pa.Table:
    """Each address once, where it came first, with what was told of it last."""
    numbers = rows["uri"].combine_chunks().dictionary_encode().indices.to_numpy()  # of addresses, as they came first
    last = np.zeros(numbers.max(initial=-1) + 1, np.int64)
    last[numbers] = np.arange(rows.num_rows)
    return rows if len(last) == rows.num_rows else rows.take(last)


def _in_order(rows: pa.Table) -> pa.Table:
    """In the order of their addresses; of those that have one file before a `#`, as they are."""
    keys = rows["uri"]
    if pc.any(pc.match_substring(keys, "#")).as_py():
        keys = pc.list_element(pc.split_pattern(keys, "#", max_splits=1), 0)
    return rows.take(pc.sort_indices(keys))
