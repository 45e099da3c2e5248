"""What a run leaves behind for people: tables and a summary in the UI, and a state that tells the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from imr.errors import Code, LakeError
from imr.lake.account import RunAccount

COMPLETED, WITH_QUARANTINE, NOTHING_NEW = "Completed", "CompletedWithQuarantine", "NothingNew"
STALE = "NoNewLetters"

_STATUSES = ("ok", "skipped", "retried", "quarantined", "failed")
_FILES_NAMED = 200  # rows of the quarantine artifact; the table itself has them all


def closing_state(account: RunAccount, stale_days: int | None = None) -> State[RunAccount]:
    """The final state of a run: plain, or with a name of its own when some files did not make it or none was new.

    A lake that has been without a new letter for longer than it may makes its run fail, though all is published.
    """
    if stale_days is not None:
        error = LakeError(Code.NO_NEW_LETTERS, f"no letter was new for {stale_days} days")
        return Failed(name=STALE, message=error.message, data=error)
    name = COMPLETED if account.files_published else NOTHING_NEW
    return Completed(
        name=WITH_QUARANTINE if account.files_quarantined else name, message=in_a_sentence(account), data=account
    )


def in_a_sentence(account: RunAccount) -> str:
    """What a run did, in one line."""
    return (
        f"{account.files_in} files: {account.files_published} published with {account.decisions} decisions, "
        f"{account.files_skipped} known already, {account.files_quarantined} in quarantine"
    )


def leave_artifacts(account: RunAccount, passed_over: Mapping[str, int]) -> None:
    """Put the counts per step, the quarantined files by code and a summary where the UI shows them.

    No letter text: codes, counts and file names alone.
    """
    steps = [{"step": step, **{s: counts.get(s, 0) for s in _STATUSES}} for step, counts in account.steps.items()]
    create_table_artifact(key="letters-steps", table=steps, description="Files per step and how each ended")
    files = [
        {"code": entry["error_code"], "step": entry["step"], "file": entry["source_name"], "runs": entry["attempts"]}
        for entry in sorted(account.quarantined, key=lambda entry: (entry["error_code"], entry["source_name"]))
    ]
    create_table_artifact(
        key="letters-quarantine", table=files[:_FILES_NAMED], description="Files in quarantine, by code"
    )
    create_markdown_artifact(key="letters-summary", markdown=summary(account, passed_over))


def summary(account: RunAccount, passed_over: Mapping[str, int]) -> str:
    """The run as a page of Markdown."""
    codes = Counter(entry["error_code"] for entry in account.quarantined)
    lines = [f"# {in_a_sentence(account)}", "", "| | |", "|---|---|"]
    lines += [f"| run | `{account.run_id}` |", f"| commit | `{account.commit_id}` |"]
    lines += [f"| rows added, replaced | {account.rows_added}, {account.rows_removed} |"]
    lines += ["", *(f"Accepted: {refusal}" for refusal in account.accepted)]
    lines += _section("In quarantine, by code", codes)
    lines += _section("Warnings on published letters", account.warnings)
    lines += _section("Files of other kinds, passed over", passed_over)
    return "\n".join(lines)


def _section(title: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    rows = [f"| `{name or 'no suffix'}` | {count} |" for name, count in sorted(counts.items())]
    return ["", f"## {title}", "", "| | |", "|---|---|", *rows]
