"""What the doctor tells people to do, as a closed set: a test does each and finds the lake whole."""

from __future__ import annotations

from enum import StrEnum


class Advice(StrEnum):
    """One thing to do, by name. Several findings may call for the same, and doing it in any order heals them all."""

    READ_AGAIN = (
        "run imr reprocess --damaged: these letters are read again from their bytes, and all their rows replaced"
    )
    FETCH_AGAIN = (
        "run imr reprocess --damaged, or again with its source: the bytes are fetched again. If the source has them no "
        "longer, only they are lost: the letter's rows stay as they are"
    )
    SWEEP = "a left-over: run imr doctor --repair"
    REPAIR = "run imr doctor --repair: it is made anew from what the lake keeps"
    SET_ASIDE = (
        "run imr doctor --repair: the file is moved to set_aside/, and what the lake then lacks is found and made anew"
    )
    PUT_BACK = (
        "put back the file from a back-up; or run imr doctor --repair: the lake goes on without it, and what it then "
        "lacks is found and made anew"
    )
    CHANGED_COPY = (
        "if it was mended on purpose, run imr quarantine replay: it is read as a document of its own; else delete it "
        "and run again with its source"
    )
    MIGRATE = "run imr migrate, then imr reprocess"
    NAME_RUNS = "run imr migrate: these rows are made to name the run that published them"
    LIST_AGAIN = (
        "run again with dwc://?decided=FIRST..LAST, from the beginning of these cases' years to today: all these days "
        "are listed again"
    )
    WRITE_OFF = (
        "put back the table's file from a back-up or release. If there is none, the history of these files is lost "
        "and nothing else: run again with all sources, and imr doctor --write-off"
    )
    DROP_RELEASE = "put back its folder from a copy, or delete it: that snapshot is lost, the lake's tables are not"
