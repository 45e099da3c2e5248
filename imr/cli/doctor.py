"""`imr doctor`: what is wrong with a lake, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import number_of, out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, LockTimeout, subcommand

if TYPE_CHECKING:
    from imr.upkeep.doctor import Diagnosis

app = subcommand()


@app.command()
def doctor(
    lake: LakeFolder = DEFAULT_LAKE,
    deep: Annotated[bool, typer.Option("--deep", help="Hash all letters and releases again.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Remove left-overs, set damaged files aside, make anew what can be.")
    ] = False,
    write_off: Annotated[bool, typer.Option("--write-off", help="Take it that lost events stay lost.")] = False,
    lock_timeout: LockTimeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Finish what a killed run left, and look whether the lake keeps every promise. Exit code 1 when it does not."""
    from imr.lake.layout import LakeLayout
    from imr.upkeep.doctor import examine

    diagnosis = examine(LakeLayout(lake), deep=deep, repair=repair, write_off=write_off, lock_timeout=lock_timeout)
    if as_json:
        findings = [{**found._asdict(), "left_over": bool(found.left_over)} for found in diagnosis.findings]
        print_json({**diagnosis._asdict(), "recovery": diagnosis.recovery._asdict(), "findings": findings})
    else:
        _say(diagnosis)
    raise typer.Exit(1 if diagnosis.findings else 0)


def _say(diagnosis: Diagnosis) -> None:
    if commit := diagnosis.recovery.finished_commit:
        out.print(f"Finished commit {commit}, which a run had decided and not brought about.")
    if diagnosis.recovery.discarded:
        out.print("Threw away what a run had prepared and not decided.")
    if diagnosis.repaired:
        out.print(f"Mended {diagnosis.repaired} things.")
    if diagnosis.findings:
        rows = [finding[:3] for finding in diagnosis.findings]
        print_table(number_of(len(rows), "finding"), ["where", "what", "what to do"], rows)
    else:
        out.print("All is well.")
