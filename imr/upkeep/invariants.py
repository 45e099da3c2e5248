"""What always holds between the rows of a lake, each said as the SQL that finds the rows for which it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imr.errors import HELD_BY_THE_LETTER
from imr.tables.declaration import DWC_INDEX, LETTER_TABLES, TABLES
from imr.tables.letters import COUNTED_ROWS
from imr.tables.schema import Table
from imr.text import fold
from imr.upkeep.advice import Advice


class Invariant(NamedTuple):
    """One sentence that must be true, a SELECT of one column that names what it is not true of, and what to do then.

    Where letters are to be read again, what is named are their ids.
    """

    says: str
    offenders: str
    advice: Advice


def invariants() -> Iterator[Invariant]:
    """All of them: those that follow from the declaration, then those of the letters and of the runs."""
    for table in TABLES.values():
        if table.key:
            key = ", ".join(f'"{name}"' for name in table.key)
            yield Invariant(
                f"{table.name}: one row for each {', '.join(table.key)}",
                f"SELECT {table.key[0]} FROM {table.name} GROUP BY {key} HAVING count(*) > 1",
                Advice.READ_AGAIN if table in LETTER_TABLES else _TWICE.get(table.name, Advice.REPAIR),
            )
    for table in LETTER_TABLES:
        yield from _of_letter_table(table)
    yield from (Invariant(says, fold(sql), Advice.READ_AGAIN) for says, sql in _OF_LETTERS)
    yield from (Invariant(says, fold(sql), advice) for says, sql, advice in _OF_RUNS)


def broken_letters() -> Iterator[Invariant]:
    """Those of which the offenders are letters that are to be read again."""
    return (invariant for invariant in invariants() if invariant.advice is Advice.READ_AGAIN)


_TWICE = {"dwc_index": Advice.LIST_AGAIN}
"""What to do about a key that stands twice in a table that is not made of letters."""


def _of_letter_table(table: Table) -> Iterator[Invariant]:
    name = table.name
    block = f"CAST(substr(d.case_number, 6) AS INT) // {table.block}"
    if name != "documents":
        yield Invariant(
            f"{name}: every row belongs to a row of documents",
            f"SELECT DISTINCT document_id FROM {name} ANTI JOIN documents USING (document_id)",
            Advice.READ_AGAIN,
        )
    yield Invariant(
        f"{name}: every row stands in the file of its case number",
        f"SELECT DISTINCT document_id FROM {name} AS t JOIN documents AS d USING (document_id) "
        f"WHERE t.filename NOT LIKE '%{table.year_key}=' || coalesce(d.case_year, 0) || '/part-%' "
        f"OR CAST(regexp_extract(t.filename, 'part-(\\d+)', 1) AS INT) <> {block}",
        Advice.READ_AGAIN,
    )
    if "decision_number" in table.schema.names and name != "decisions":
        yield Invariant(
            f"{name}: every row that has a decision_number belongs to a row of decisions",
            f"SELECT DISTINCT document_id FROM {name} ANTI JOIN decisions USING (document_id, decision_number) "
            "WHERE decision_number IS NOT NULL",
            Advice.READ_AGAIN,
        )


_OF_LETTERS = (
    *(
        (
            f"{name}: every letter has as many rows as documents.{column} says",
            f"""SELECT document_id FROM documents LEFT JOIN (SELECT document_id, count(*) AS n FROM {name} GROUP BY 1)
            USING (document_id) WHERE coalesce(n, 0) <> {column}""",
        )
        for column, name in COUNTED_ROWS.items()
    ),
    *(
        (
            f"{name}: every letter has a row",
            f"SELECT document_id FROM documents ANTI JOIN {name} USING (document_id)",
        )
        for name in ("cases", "decisions", "sections", "texts")
    ),
    (
        "cases.decision_count is the number of rows of decisions",
        """SELECT document_id FROM cases JOIN (SELECT document_id, count(*) AS n FROM decisions GROUP BY 1)
        USING (document_id) WHERE n <> decision_count""",
    ),
    (
        "cases.outcome is that of all decisions, or mixed",
        """SELECT document_id FROM cases JOIN (SELECT document_id, min(outcome) AS least, max(outcome) AS most
        FROM decisions GROUP BY 1) USING (document_id) WHERE outcome <>
        CASE WHEN least = most AND least IN ('upheld', 'overturned') THEN least ELSE 'mixed' END""",
    ),
    (
        "what documents, cases and decisions say of one letter is the same",
        """SELECT document_id FROM documents AS d JOIN cases AS c USING (document_id)
        WHERE (d.case_number, d.case_year, d.letter_format)
        IS DISTINCT FROM (c.case_number, c.case_year, c.letter_format)
        UNION SELECT document_id FROM decisions AS d JOIN cases AS c USING (document_id)
        WHERE (d.case_number, d.case_year, d.decision_date, d.is_latest)
        IS DISTINCT FROM (c.case_number, c.case_year, c.decision_date, c.is_latest)""",
    ),
    (
        "what drugs and citations say of their disputed item is what decisions says",
        " UNION ".join(
            f"""SELECT document_id FROM {name} AS r JOIN decisions AS d USING (document_id, decision_number)
        WHERE (r.case_number, r.decision_date, r.outcome, r.is_latest)
        IS DISTINCT FROM (d.case_number, d.decision_date, d.outcome, d.is_latest)"""
            for name in ("drugs", "citations")
        ),
    ),
    (
        "cases.is_latest marks the newest letter of each case number, and every letter without one",
        """SELECT document_id FROM (SELECT *, row_number() OVER (PARTITION BY case_number
        ORDER BY coalesce(decision_date, DATE '0001-01-01') DESC, document_id DESC) AS place FROM cases)
        WHERE is_latest <> (case_number IS NULL OR place = 1)""",
    ),
    (
        "texts: the offset map has as many raw as clean offsets, in order, and pages begin inside the text",
        """SELECT document_id FROM texts WHERE len(map_clean) <> len(map_raw) OR list_sort(map_clean) <> map_clean
        OR list_sort(map_raw) <> map_raw OR list_max(page_starts) > length(clean_text)""",
    ),
    (
        "sections.text is the clean text between clean_start and clean_end",
        """SELECT DISTINCT document_id FROM sections JOIN texts USING (document_id)
        WHERE text <> substring(clean_text, clean_start + 1, clean_end - clean_start)""",
    ),
    (
        "provenance: every span is inside the clean and the raw text, but for a value from the file's name",
        """SELECT DISTINCT document_id FROM provenance
        JOIN (SELECT document_id, length(clean_text) AS clean_size, length(raw_text) AS raw_size FROM texts)
        USING (document_id) WHERE CASE WHEN clean_start IS NULL THEN method <> 'file_name' ELSE
        clean_start < 0 OR clean_end < clean_start OR clean_end > clean_size
        OR raw_start < 0 OR raw_end < raw_start OR raw_end > raw_size END""",
    ),
    (
        "provenance: every decision's outcome and request has its words",
        """SELECT DISTINCT document_id FROM (SELECT document_id, decision_number,
        unnest(['outcome', 'treatment_request']) AS field FROM decisions)
        ANTI JOIN (FROM provenance WHERE table_name = 'decisions') USING (document_id, decision_number, field)""",
    ),
)

_REFUSED = ", ".join(f"'{code}'" for code in sorted(HELD_BY_THE_LETTER))

_LAST_ENDS = """SELECT source_uri, document_id, status, skip_reason FROM lineage LEFT JOIN commits USING (commit_id)
    WHERE status = 'quarantined' OR (status = 'skipped' AND skip_reason = 'unchanged')
    OR (step = 'publish' AND status = 'ok')
    QUALIFY row_number() OVER (PARTITION BY {of} ORDER BY committed_at DESC NULLS LAST, finished_at DESC) = 1"""
"""How a file, or whatever stood at an address, ended last."""

_PUBLISHED = """SELECT document_id FROM lineage JOIN commits USING (commit_id)
    WHERE step = 'publish' AND status = 'ok'"""

_OF_RUNS = (
    (
        "documents: every letter that was published, and not refused or removed since, is there",
        f"""SELECT document_id FROM ({_LAST_ENDS.format(of="document_id")}) ANTI JOIN documents USING (document_id)
        ANTI JOIN removals USING (document_id) WHERE document_id IS NOT NULL AND status <> 'quarantined'""",
        Advice.READ_AGAIN,
    ),
    (
        "quarantine: every file that did not make it is there",
        f"""SELECT document_id FROM ({_LAST_ENDS.format(of="source_uri")}) ANTI JOIN documents USING (document_id)
        ANTI JOIN quarantine USING (document_id) ANTI JOIN removals USING (document_id)
        WHERE document_id IS NOT NULL AND status = 'quarantined'""",
        Advice.READ_AGAIN,
    ),
    (
        "dwc_index: every row stands in the file of its case number, and the items of a case count from 1",
        f"""SELECT case_number FROM dwc_index WHERE filename NOT LIKE '%year=' || case_year || '/part-%'
        OR CAST(regexp_extract(filename, 'part-(\\d+)', 1) AS INT)
        <> CAST(substr(case_number, 6) AS INT) // {DWC_INDEX.block}
        UNION SELECT case_number FROM dwc_index GROUP BY 1 HAVING count(*) <> max(item_number)""",
        Advice.LIST_AGAIN,
    ),
    (
        "commits: files in are files published, skipped and quarantined",
        "SELECT commit_id FROM commits WHERE files_in <> files_published + files_skipped + files_quarantined",
        Advice.REPAIR,
    ),
    (
        "lineage: every event was made public by a commit",
        """SELECT DISTINCT commit_id FROM lineage ANTI JOIN commits USING (commit_id)
        ANTI JOIN written_off USING (commit_id)""",
        Advice.WRITE_OFF,
    ),
    (
        "lineage: the events of every run that brought or refused a letter are there, but for letters removed since",
        """SELECT commit_id FROM commits AS c ANTI JOIN lineage USING (commit_id)
        ANTI JOIN written_off USING (commit_id) WHERE files_published + files_quarantined >
        (SELECT count(*) FROM removals WHERE removed_at >= c.committed_at)""",
        Advice.WRITE_OFF,
    ),
    (
        "lineage: every event is of the run whose commit made it public",
        """SELECT DISTINCT e.run_id FROM lineage AS e JOIN commits AS c USING (commit_id) WHERE e.run_id <> c.run_id""",
        Advice.NAME_RUNS,
    ),
    (
        "lineage: every file of a run ends in exactly one way in each of its commits",
        """SELECT commit_id FROM lineage ANTI JOIN written_off USING (commit_id) GROUP BY commit_id, source_uri
        HAVING count(*) FILTER (status = 'quarantined' OR (status = 'skipped' AND skip_reason <> 'staged')
        OR (step = 'publish' AND status = 'ok')) <> 1""",
        Advice.WRITE_OFF,
    ),
    (
        "documents: every letter was published by a run of commits",
        f"""SELECT document_id FROM documents ANTI JOIN commits USING (run_id)
        SEMI JOIN ({_PUBLISHED}) USING (document_id)""",
        Advice.NAME_RUNS,
    ),
    (
        "documents: every letter of which no event tells who published it is of a run of commits",
        f"""SELECT document_id FROM documents ANTI JOIN commits USING (run_id)
        ANTI JOIN ({_PUBLISHED}) USING (document_id)""",
        Advice.READ_AGAIN,
    ),
    (
        "quarantine: no file is published that is refused for what it holds",
        f"""SELECT document_id FROM quarantine SEMI JOIN documents USING (document_id)
        WHERE error_code IN ({_REFUSED})""",
        Advice.READ_AGAIN,
    ),
    (
        "removals: nothing of a removed letter is in any table, but that it was passed over since",
        """SELECT document_id FROM removals SEMI JOIN (SELECT document_id FROM documents UNION ALL
        SELECT document_id FROM quarantine UNION ALL SELECT document_id FROM lineage
        WHERE coalesce(skip_reason, '') <> 'removed') USING (document_id)""",
        Advice.REPAIR,
    ),
)
