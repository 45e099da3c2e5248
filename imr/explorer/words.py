"""Words: how they are cut from texts, what the index keeps of them, and what a person's search means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tantivy import (
    Filter,
    Index,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from imr.explorer.facets import FACETS, STAGES
from imr.tables.schema import FORMS

FIELDS = {"request": 3.0, "rationale": 1.0, "summary": 0.5}
"""The texts that are searched, and how much a word counts in each."""

_ANALYZER = "words"
_MOST_LETTERS = 60  # of a word
NUMBERS = ("key", "same", "bands")
SORTED = ("item", "day", "latest", "overturned", *STAGES)
STORED = ("document_id", "case_number", "date")
_PIECE = re.compile(r'(?P<without>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_AROUND = " .,;:()[]"
_CASE_NUMBER = re.compile(FORMS["case_number"], re.IGNORECASE)


def schema() -> Schema:
    """The fields of the index."""
    builder = SchemaBuilder()
    for name in FIELDS:
        builder.add_text_field(name, stored=True, tokenizer_name=_ANALYZER)
    for name in STORED:
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (*NUMBERS, *SORTED):
        builder.add_unsigned_field(name, stored=True, indexed=True, fast=True)
    return builder.build()


def analyzer() -> TextAnalyzer:
    """How texts and searches become words: without accents and case, by their stems."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_MOST_LETTERS))
    return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


def opened(folder: str, *, new: bool = False) -> Index:
    """The index in a folder, with its analyser.

    Raises:
        ValueError: it cannot be opened.
    """
    index = Index(schema(), folder, reuse=False) if new else Index.open(folder)
    index.register_tokenizer(_ANALYZER, analyzer())
    return index


def query_of(index: Index, text: str) -> Query | None:
    """What a search means: decisions with all of its words and phrases, and none that has a minus before it.

    A case number means that case. None when there are no words in the text.
    """
    parts = list(_parts(index, text))
    if parts and all(occur == Occur.MustNot for occur, _ in parts):
        parts.append((Occur.Must, Query.all_query()))
    return Query.boolean_query(parts) if parts else None


def likely_found(searcher: Searcher, text: str) -> int:
    """About how many decisions a text finds, without looking for it: as many as have the rarest of its words."""
    with_each = [searcher.num_docs]
    for without, number, words in _pieces(text):
        if number:
            with_each.append(searcher.doc_freq("case_number", number))
        elif not without:
            with_each += [max(searcher.doc_freq(name, word) for name in FIELDS) for word in words]
        elif len(words) == 1:
            with_each.append(searcher.num_docs - max(searcher.doc_freq(name, words[0]) for name in FIELDS))
    return min(with_each)


def _parts(index: Index, text: str) -> Iterator[tuple[Occur, Query]]:
    for without, number, words in _pieces(text):
        occur = Occur.MustNot if without else Occur.Must
        if number:
            yield occur, Query.term_query(index.schema, "case_number", number)
        else:
            yield occur, any_of(_in_field(index.schema, name, words, weight) for name, weight in FIELDS.items())


def _pieces(text: str) -> Iterator[tuple[bool, str, list[str]]]:
    """The pieces of a text: whether they are to be missing, and the case number or the words that they are."""
    cut = analyzer()
    for piece in _PIECE.finditer(text):
        said = piece["phrase"] if piece["phrase"] is not None else piece["word"]
        if _CASE_NUMBER.match(number := said.strip(_AROUND)):
            yield bool(piece["without"]), number.upper(), []
        elif words := cut.analyze(said):
            yield bool(piece["without"]), "", words


def _in_field(fields: Schema, name: str, words: list[str], weight: float) -> Query:
    one = len(words) == 1
    found = Query.term_query(fields, name, words[0]) if one else Query.phrase_query(fields, name, list(words))
    return Query.boost_query(found, weight)


def any_of(queries: Iterable[Query]) -> Query:
    """Where any of some queries holds."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def all_of(queries: Iterable[Query]) -> Query:
    """Where all of some queries hold; everywhere, if there are none."""
    return Query.boolean_query([(Occur.Must, query) for query in queries] or [(Occur.Must, Query.all_query())])
