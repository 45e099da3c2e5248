"""What a run tells the world while it is nobody's turn to look: events that automations act on."""

from __future__ import annotations

from prefect.events import emit_event

from imr.errors import Code, ImrError, level_of
from imr.lake.layout import LakeLayout
from imr.publication.quarantine import Entry
from imr.publication.run_summary import RunSummary
from imr.settings import Alerts, Gate
from tasks.log import run_log

COMMITTED = "imr.lake.committed"
"""Rows of letters became public."""
NEW_LETTERS = "imr.letters.new"
"""Letters became public; that there is none of these for days is what an automation waits for."""
FILE_QUARANTINED = "imr.file.quarantined"
QUARANTINE_SHARE = "imr.quarantine.share-exceeded"
DRIFTED = "imr.tables.drifted"
"""The letters of a run look unlike those before, whether its gate was told to let them pass or not."""
ACCURACY_LOST = "imr.accuracy.lost"
LAKE_UNWELL = "imr.lake.unwell"
"""The doctor found a promise of the lake broken."""


def tell(event: str, lake: LakeLayout, **payload: object) -> None:
    """Send one event about a lake; Prefect adds the run, the deployment and the tags it belongs to."""
    resource = {"prefect.resource.id": f"imr.lake.{lake.root.name}", "prefect.resource.name": str(lake.root)}
    emit_event(event=event, resource=resource, payload=payload)


def announce(summary: RunSummary, lake: LakeLayout, alerts: Alerts) -> None:
    """Tell what a run has committed, and what of it asks for somebody's attention."""
    counts = {
        "files_in": summary.files_in,
        "files_published": summary.files_published,
        "files_quarantined": summary.files_quarantined,
        "decisions": summary.decisions,
    }
    tell(COMMITTED, lake, commit_id=summary.commit_id, run_id=summary.run_id, tables=list(summary.tables), **counts)
    if summary.files_published:
        tell(NEW_LETTERS, lake, **counts)
    tried = summary.files_published + summary.files_failed
    if tried and summary.files_failed / tried > alerts.quarantine_share:
        tell(QUARANTINE_SHARE, lake, share=summary.files_failed / tried, allowed=alerts.quarantine_share, **counts)
    if drifted := [said for said in summary.accepted if said.startswith(Gate.DRIFT)]:
        tell(DRIFTED, lake, refusals=drifted, accepted=True)
    tried_now = summary.quarantined[: summary.files_failed]
    loud = [row for row in tried_now if level_of(Code(row.error_code)).reaches(alerts.quarantined_from)]
    for entry in loud[: alerts.most_files]:
        _tell_file(lake, entry)
    if len(loud) > alerts.most_files:
        run_log().warning("more files went to quarantine than have events", files=len(loud), events=alerts.most_files)


def announce_refusal(error: ImrError, lake: LakeLayout) -> None:
    """Tell of a refusal that says something of the letters, not of the run."""
    if error.code == Code.GATE_REFUSED and f"{Gate.DRIFT}:" in error.message:
        tell(DRIFTED, lake, refusals=[error.message], accepted=False)


def _tell_file(lake: LakeLayout, entry: Entry) -> None:
    code = Code(entry.error_code)
    tell(
        FILE_QUARANTINED,
        lake,
        file=entry.source_name,
        document_id=entry.document_id,
        step=entry.step,
        error_code=code,
        level=level_of(code),
        runs=entry.attempts,
    )
