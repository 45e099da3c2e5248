"""What is said of a batch when it is done is what its stage holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from imr.errors import Code, SourceError, UnreadableError
from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.stage import StageStore
from imr.openlineage.events import JobRun
from imr.openlineage.steps import fetched, worked
from imr.publication.batch_steps.fetch import retry_events
from imr.publication.events import event, event_rows
from imr.records import Attempt, Origin, Outcome
from imr.sources.fetched import fetched_rows
from imr.sources.fetching import Fetched
from imr.sources.listing import SourceFile

RUN = JobRun("5b4c7d60-91e4-4a1c-8a3c-2b1f0c9d8e7f", "letters")
ORIGIN = Origin(RUN.run_id, None, "0")
NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
BUSY = SourceError(Code.SOURCE_UNREADABLE, "it cannot be read", transient=True)


def attempt(number: int, code: Code | None = None) -> Attempt:
    return Attempt(number, NOW, 1, UnreadableError(code, "it cannot be read") if code else None)


@pytest.mark.parametrize("reused", [True, False])
def test_a_letter_step_is_told_by_its_lineage_and_its_rows(tmp_path: Path, reused: bool) -> None:
    lake = LakeLayout(tmp_path)
    ended = {
        "ok": [None, None],
        "retried": [Code.NEEDS_OCR],
        "quarantined": [Code.NO_TEXT, Code.PDF_DAMAGED, Code.NO_TEXT],
    }
    events = [
        event("extract", status, "file:///x", ORIGIN, attempt(1, code))
        for status, codes in ended.items()
        for code in codes
    ]
    tables = {"cases": pa.table({"n": [1, 2]}), "drugs": pa.table({"n": pa.array([], pa.int8())})}
    StageStore(lake.stage).put("extract", "k", {**tables, "lineage": event_rows(events)})
    done = worked(RUN.of_step("extract", 1), lake, "extract", "k", [], reused=reused)
    facet = done.run.facets["imr_step"]
    assert (facet.ok, facet.retried, facet.quarantined, facet.reused) == (2, 1, 3, reused)
    assert facet.errorCodes == {"no_text": 2, "pdf_damaged": 1}
    assert facet.stepVersion == step_versions().extract
    rows = {Path(d.name).name: d.outputFacets["outputStatistics"].rowCount for d in done.outputs}
    assert rows == {"cases": 2, "drugs": 0}
    assert {d.facets["version"].datasetVersion for d in done.outputs} == {"k"}


def test_fetching_is_told_by_what_was_found(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path)
    files = [SourceFile(f"file:///in/{n}.pdf", f"{n}.pdf", "") for n in range(4)]
    outcomes = [
        Outcome(Fetched("a" * 64, ".pdf", 10, ""), (attempt(1),)),
        Outcome(Fetched("a" * 64, ".pdf", 10, ""), (attempt(1),)),  # the same bytes
        Outcome(Fetched("b" * 64, ".pdf", 5, ""), (Attempt(1, NOW, 1, BUSY), attempt(2))),
        Outcome(None, (attempt(1, Code.SOURCE_MISSING),)),
    ]
    tables = {"files": fetched_rows(files, outcomes), "lineage": retry_events(files, outcomes, ORIGIN)}
    StageStore(lake.stage).put("fetch", "k", tables)
    done = fetched(RUN.of_step("fetch", 1), lake, "k", [], reused=False)
    facet = done.run.facets["imr_step"]
    assert (facet.ok, facet.retried, facet.quarantined) == (3, 1, 1)
    assert facet.errorCodes == {"source_missing": 1}
    (raw,) = done.outputs
    statistics = raw.outputFacets["outputStatistics"]
    assert (raw.name, statistics.fileCount, statistics.size) == (f"{tmp_path.as_posix()}/raw", 2, 15)
