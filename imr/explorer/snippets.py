"""Decisions as a search shows them: their values, and their texts with the words that were looked for marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tantivy import DocAddress, Document, Query, SnippetGenerator

from imr.explorer import words
from imr.explorer.generation import Generation

_LETTERS = 320  # of a snippet
_WHOLE = 1_000_000


class Piece(NamedTuple):
    """Some words of a text, and whether they were looked for."""

    text: str
    found: bool


class Hit(NamedTuple):
    """One decision: its values by field, its request in full, and the place that answers the search best."""

    values: Mapping[str, Any]
    request: tuple[Piece, ...]
    snippet: tuple[Piece, ...]

    def first(self, name: str) -> str:
        """The first value of a field; nothing if it has none."""
        return str(next(iter(self.values.get(name, ())), ""))


def hits(index: Generation, query: Query | None, addresses: Sequence[DocAddress]) -> Iterator[Hit]:
    """The decisions at some places of an index, with the words of a query marked."""
    markers = {name: _marker(index, query, name, _WHOLE if name == "request" else _LETTERS) for name in words.FIELDS}
    for address in addresses:
        document = index.searcher.doc(address)
        texts = {name: _pieces(document, name, markers[name]) for name in words.FIELDS}
        marked = next((text for text in (texts["rationale"], texts["summary"]) if any(p.found for p in text)), None)
        yield Hit(document.to_dict(), texts["request"], marked or texts["rationale"] or texts["summary"])


def _marker(index: Generation, query: Query | None, name: str, letters: int) -> SnippetGenerator | None:
    if query is None:
        return None
    generator = SnippetGenerator.create(index.searcher, query, index.index.schema, name)
    generator.set_max_num_chars(letters)
    return generator


def _pieces(document: Document, name: str, marker: SnippetGenerator | None) -> tuple[Piece, ...]:
    """A text, or the part of it that has the words; its beginning where it has none."""
    text = str(document.get_first(name) or "")
    snippet = marker.snippet_from_doc(document) if marker and text else None
    if snippet is None or not snippet.highlighted():
        short = text if name == "request" or len(text) <= _LETTERS else f"{text[:_LETTERS].rsplit(maxsplit=1)[0]} …"
        return (Piece(short, found=False),) if text else ()
    fragment = snippet.fragment().encode()
    spans = [(span.start, span.end) for span in snippet.highlighted()]
    pieces = [*_cut(fragment, spans)]
    before, after = text.startswith(pieces[0].text), text.endswith(pieces[-1].text)
    return (*[Piece("… ", found=False)] * (not before), *pieces, *[Piece(" …", found=False)] * (not after))


def _cut(text: bytes, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """A text cut at spans of bytes, which may follow each other and overlap."""
    at = 0
    for start, end in sorted(spans):
        if start > at:
            yield Piece(text[at:start].decode(), found=False)
        if end > at:
            yield Piece(text[max(at, start) : end].decode(), found=True)
        at = max(at, end)
    if at < len(text):
        yield Piece(text[at:].decode(), found=False)
