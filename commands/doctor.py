"""`imr doctor`: what is wrong with a lake, and what to do."""

from __future__ import annotations

from pathlib import Path

from commands.console import out, print_json, print_table
from imr.lake.layout import Lake
from imr.upkeep.doctor import Diagnosis, examine


def doctor(root: Path, *, deep: bool, repair: bool, lock_timeout: float, as_json: bool) -> bool:
    """Examine a lake and say what was found; True when all is well."""
    diagnosis = examine(Lake(root), deep=deep, repair=repair, lock_timeout=lock_timeout)
    if as_json:
        findings = [{**found._asdict(), "left_over": bool(found.left_over)} for found in diagnosis.findings]
        print_json({**diagnosis._asdict(), "recovery": diagnosis.recovery._asdict(), "findings": findings})
    else:
        _say(diagnosis)
    return not diagnosis.findings


def _say(diagnosis: Diagnosis) -> None:
    if commit := diagnosis.recovery.finished_commit:
        out.print(f"Finished commit {commit}, which a run had decided and not brought about.")
    if diagnosis.recovery.discarded:
        out.print("Threw away what a run had prepared and not decided.")
    if diagnosis.repaired:
        out.print(f"Removed {diagnosis.repaired} left-overs.")
    if diagnosis.findings:
        print_table(
            f"{len(diagnosis.findings)} findings", ["where", "what", "what to do"], [f[:3] for f in diagnosis.findings]
        )
    else:
        out.print("All is well.")
