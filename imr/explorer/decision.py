"""One decision as its page shows it: its values, its letter, and the decisions that are like it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import duckdb
from tantivy import Occur, Query

from imr.explaining.letter_view import LetterView, letter_view
from imr.explorer import words
from imr.explorer.counting import counted
from imr.explorer.generation import Generation
from imr.explorer.near import LIKENESS, likeness, runs_of
from imr.explorer.snippets import Hit, hits
from imr.lake.layout import LakeLayout
from imr.lake.lookup import letter_rows

MOST_NEAR = 200
"""Decisions that are looked at, of those whose rationale may be nearly the same."""

_LIKE = 6  # decisions
_ITEMS = 200  # of a letter
_WEIGHTY = 40  # words of a decision that are looked for in others


class Shown(NamedTuple):
    """A decision, and everything beside it."""

    hit: Hit
    rationale: str
    letter: LetterView
    siblings: tuple[Hit, ...]
    """The other items of its letter."""
    same: int
    """In how many decisions its rationale stands word for word, this one included; 0 without a rationale."""
    near: tuple[Hit, ...]
    """Those whose rationale is nearly the same, the likest first; at most so many as are looked at."""
    like: tuple[Hit, ...]


def shown(index: Generation, document_id: str, item: int) -> Shown | None:
    """A decision by its letter and its number in it; None where the index has none.

    Raises:
        LakeError: a table cannot be read.
    """
    letter = _find(index, _term(index, "document_id", document_id), _ITEMS)
    hit = next((each for each in letter if each.values["item"] == [item]), None)
    if hit is None:
        return None
    siblings = sorted((each for each in letter if each is not hit), key=lambda each: each.values["item"])
    row = {"document_id": document_id, "case_number": hit.first("case_number") or None}
    (document,) = letter_rows(index.tables, "documents", row).to_pylist()
    return Shown(
        hit,
        hit.first("rationale"),
        letter_view(index.tables, document),
        tuple(siblings),
        counted(index, _term(index, "same", hit.values["same"][0])) if "same" in hit.values else 0,
        tuple(_near(index, hit)),
        tuple(_find(index, _like(index, hit), _LIKE)),
    )


def _term(index: Generation, name: str, value: Any) -> Query:  # noqa: ANN401 - of the field's type
    return Query.term_query(index.index.schema, name, value)


def _find(index: Generation, query: Query, most: int) -> list[Hit]:
    return list(hits(index, None, [address for _, address in index.searcher.search(query, most, count=False).hits]))


def _near(index: Generation, hit: Hit) -> list[Hit]:
    """Decisions whose rationale is nearly, and not quite, that of this one."""
    if not hit.values.get("bands"):
        return []
    bands = words.any_of(_term(index, "bands", band) for band in hit.values["bands"])
    but = [(Occur.MustNot, _term(index, "same", number)) for number in hit.values.get("same", ())]
    others = _find(index, Query.boolean_query([(Occur.Must, bands), *but]), MOST_NEAR)
    own = runs_of(hit.first("rationale"))
    likest = [(likeness(own, runs_of(other.first("rationale"))), other) for other in others]
    return [other for like, other in sorted(likest, key=lambda each: -each[0]) if like >= LIKENESS]


def _like(index: Generation, hit: Hit) -> Query:
    """Decisions of other letters that share the most telling words, and are not word for word the same."""
    texts = {name: hit.values[name] for name in ("request", "rationale") if name in hit.values}
    like = Query.more_like_this_document_fields_query(
        index.index.schema, texts, min_doc_frequency=2, min_term_frequency=1, max_query_terms=_WEIGHTY,
        # Those that have gone count as well, and a word that more have than there are makes the library panic.
        max_doc_frequency=index.searcher.num_docs,
    )  # fmt: skip
    but = [_term(index, "document_id", hit.first("document_id")), _term(index, "latest", 0)]
    but += [_term(index, "same", number) for number in hit.values.get("same", ())]
    return Query.boolean_query([(Occur.Must, like), *((Occur.MustNot, query) for query in but)])


_EVENTS = """
SELECT step, status, attempt, error_code, skip_reason,
    CAST(started_at AS TIMESTAMP) AS started_at, duration_ms, source_uri, step_version, run_id
FROM read_parquet($files, hive_partitioning = false, union_by_name = true) lineage
WHERE document_id = $document_id ORDER BY lineage.started_at, step
"""


def events(tables: LakeLayout, document_id: str) -> Sequence[dict[str, Any]]:
    """What happened to a letter on its way into the tables, in its order."""
    files = [str(tables.file(partition)) for partition in tables.partitions("lineage")]
    with duckdb.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        found = connection.execute(_EVENTS, {"files": files, "document_id": document_id})
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def repeated(index: Generation, query: Query, most: int) -> list[tuple[int, Hit]]:
    """The rationales that stand in the most decisions of a query, each with their number and one of them."""
    counted = index.searcher.aggregate(query, {"same": {"terms": {"field": "same", "size": most}}})
    found = []
    for bucket in counted["same"]["buckets"]:
        if bucket["doc_count"] > 1:
            one = _find(index, words.all_of([query, _term(index, "same", int(bucket["key"]))]), 1)
            found += [(int(bucket["doc_count"]), hit) for hit in one]
    return found
