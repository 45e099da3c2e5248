"""How a run ends: a state that tells the truth."""

from __future__ import annotations

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from imr.errors import Code, ImrError, LakeError
from imr.publication.run_summary import RunSummary

COMPLETED, WITH_QUARANTINE, NOTHING_NEW = "Completed", "CompletedWithQuarantine", "NothingNew"
STALE = "NoNewLetters"


def closing_state(summary: RunSummary, stale_days: int | None = None) -> State[RunSummary]:
    """The final state of a run: plain, or with a name of its own when some files did not make it or none was new.

    A lake that has been without a new letter for longer than it may makes its run fail, though all is published.
    """
    if stale_days is not None:
        error = LakeError(Code.NO_NEW_LETTERS, f"no letter was new for {stale_days} days")
        return Failed(name=STALE, message=error.message, data=error)
    name = COMPLETED if summary.files_published else NOTHING_NEW
    return Completed(
        name=WITH_QUARANTINE if summary.files_quarantined else name, message=in_a_sentence(summary), data=summary
    )


def failed_state(error: ImrError, public: RunSummary | None = None) -> State[RunSummary]:
    """The final state of a run that could not publish: failed, with its code; earlier pieces of it may be `public`."""
    kept = f"; published before: {in_a_sentence(public)}" if public else ""
    return Failed(message=f"{error}{kept}", data=error)


def in_a_sentence(summary: RunSummary) -> str:
    """What a run did, in one line."""
    pieces = f", in {summary.commits:,} commits" if summary.commits > 1 else ""
    return (
        f"{summary.files_in:,} files: {summary.files_published:,} published with {summary.decisions:,} decisions, "
        f"{summary.files_skipped:,} known already, {summary.files_quarantined:,} in quarantine{pieces}"
    )
