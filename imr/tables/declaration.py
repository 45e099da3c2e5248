"""All public tables, in the order in which a commit makes them public: parents first, summaries last."""

from __future__ import annotations

from collections.abc import Mapping

from imr.tables.dwc_index import DWC_INDEX
from imr.tables.letters import CASES, CITATIONS, DECISIONS, DOCUMENTS, DRUGS, PROVENANCE, SECTIONS, TEXTS
from imr.tables.runs import COMMITS, LINEAGE, QUARANTINE, REMOVALS
from imr.tables.schema import Table
from imr.tables.summaries import AGGREGATES

__all__ = [
    "AGGREGATES",
    "CASES",
    "CITATIONS",
    "COMMITS",
    "DECISIONS",
    "DOCUMENTS",
    "DRUGS",
    "DWC_INDEX",
    "LETTER_TABLES",
    "LINEAGE",
    "PROVENANCE",
    "QUARANTINE",
    "REMOVALS",
    "SECTIONS",
    "TABLES",
    "TEXTS",
]

LETTER_TABLES = (DOCUMENTS, CASES, DECISIONS, DRUGS, CITATIONS, SECTIONS, TEXTS, PROVENANCE)
"""The tables whose rows belong to one letter and go where its case number says."""

TABLES: Mapping[str, Table] = {
    table.name: table for table in (*LETTER_TABLES, DWC_INDEX, LINEAGE, QUARANTINE, REMOVALS, COMMITS, *AGGREGATES)
}
"""All public tables by name, in the order in which a commit replaces their files."""
