"""The flow that keeps a lake healthy, and Prefect's history short: examine, sweep, measure, report, release, prune."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from pydantic import Field

from flows.artifacts import link_tables
from flows.beginning import begin
from flows.ending import ended_by_sigterm
from flows.events import ACCURACY_LOST, LAKE_UNWELL, tell
from flows.letters import lake_folder
from flows.parameters import keeping_no_credentials
from flows.report import failed_state
from imr.errors import Code, LakeError, SetupError
from imr.evaluation.accuracy import Group
from imr.evaluation.label_files import LabelError, read_labels
from imr.evaluation.saved import Changes, SavedError, read_saved
from imr.lake.layout import LakeLayout
from imr.sources.credentials import WITHOUT, without_credentials
from imr.upkeep.doctor import Finding
from tasks.log import about, core_heard, run_log
from tasks.upkeep import (
    examine_lake,
    measure_accuracy,
    prune_history,
    release_tables,
    report_tables,
    sweep_stage,
    upload,
)

ACCURACY_WORSE = "AccuracyLost"


def upkeep_name() -> str:
    """What a run is called: the lake that it keeps."""
    return f"upkeep of {lake_folder(flow_run.parameters['lake']).name}"


@keeping_no_credentials
@flow(name="upkeep", flow_run_name=upkeep_name, description="examine → sweep → measure → report → release → prune")
def upkeep(
    lake: str | None = None,
    deep: bool = False,
    keep_stage_days: Annotated[float, Field(ge=1)] = 30,
    labels: list[str] = [],  # noqa: B006
    release: bool = True,
    release_to: Annotated[str | None, Field(json_schema_extra={"pattern": WITHOUT})] = None,
    keep_history_days: Annotated[float, Field(ge=1)] = 90,
    lock_timeout: float = 600.0,
) -> State[Any]:
    """Look whether the lake keeps its promises, remove what is of no use, measure it, and make a release of it.

    A lake that breaks a promise makes the run fail before anything is released.

    Args:
        lake: Folder of the lake. None: the one that the variable IMR_LAKE names.
        deep: Hash all letters and releases again; reads every byte of the lake.
        keep_stage_days: Days for which the stage keeps what the steps made of a batch.
        labels: Folders of labelled letters to measure accuracy with; not measured where none is given.
        release: Make a release when anything was committed since the last.
        release_to: Upload the release too: s3://bucket/prefix. None: not.
        keep_history_days: Days for which Prefect keeps runs that have ended, with their tasks, logs and artifacts.
        lock_timeout: Seconds to wait for another run that writes the lake.
    """
    here = LakeLayout(lake_folder(lake))
    begin()
    with ended_by_sigterm(), about(lake=here.root.name), core_heard():
        try:
            _check_labels(here, labels)
            said = [_examined(here, deep, lock_timeout), _swept(here, keep_stage_days, lock_timeout)]
            measured, changes = _measured(here, labels)
            said += [*measured, _reported(here)]
            said += _released(here, release_to, lock_timeout) if release else ["no release asked for"]
            said.append(f"{prune_history(keep_history_days):,} old runs removed from Prefect")
        except (LakeError, SetupError) as error:
            run_log().error("upkeep ended", code=error.code, reason=error.message)
            return failed_state(error)
        run_log().info("; ".join(said))
        create_markdown_artifact("\n".join(f"- {line}" for line in said), "upkeep-summary", "What upkeep did")
        link_tables(here)
    return Completed(name=ACCURACY_WORSE if changes.losses else "Completed", message="; ".join(said))


def _check_labels(lake: LakeLayout, labels: Sequence[str]) -> None:
    """Read what is to be measured with, before anything is done.

    Raises:
        SetupError: `labels_unreadable`.
    """
    try:
        if labels:
            read_labels([Path(place) for place in labels])
            if lake.accuracy.exists():
                read_saved(lake.accuracy)
    except (LabelError, SavedError) as error:
        raise SetupError(Code.LABELS_UNREADABLE, str(error)) from error


def _examined(lake: LakeLayout, deep: bool, lock_timeout: float) -> str:
    diagnosis = examine_lake(lake, lock_timeout, deep=deep)
    _leave_findings(diagnosis.findings)
    if diagnosis.findings:
        tell(LAKE_UNWELL, lake, findings=len(diagnosis.findings))
        broken = f"{len(diagnosis.findings)} promises are broken; see the artifact upkeep-findings"
        raise LakeError(Code.LAKE_DAMAGED, broken)
    return f"all is well, {diagnosis.repaired} left-overs removed"


def _swept(lake: LakeLayout, keep_days: float, lock_timeout: float) -> str:
    swept = sweep_stage(lake, keep_days, lock_timeout)
    return f"{swept.folders:,} batches swept from the stage ({swept.bytes:,} bytes)"


def _measured(lake: LakeLayout, labels: Sequence[str]) -> tuple[list[str], Changes]:
    if not labels:
        return [], Changes((), ())
    group, changes = measure_accuracy(lake, labels)
    _leave_accuracy(group, changes)
    if changes.losses:
        tell(ACCURACY_LOST, lake, lost=len(changes.losses), gained=len(changes.gains))
    lost = f"{len(changes.losses)} values lost, {len(changes.gains)} gained"
    return [f"accuracy {group.mean:.4f} over {group.letters} letters, {lost}"], changes


def _reported(lake: LakeLayout) -> str:
    page = report_tables(lake).absolute()
    create_link_artifact(key="letters-report", link=page.as_uri(), link_text=str(page), description="The report")
    return "report written"


def _released(lake: LakeLayout, to: str | None, lock_timeout: float) -> list[str]:
    made = release_tables(lake, lock_timeout)
    if made is None:
        return ["nothing was committed since the last release"]
    return [f"release {made.name}", *([f"uploaded as {upload(made, without_credentials(to))}"] if to else [])]


def _leave_findings(findings: Sequence[Finding]) -> None:
    rows = [{"where": found.where, "what": found.what, "what to do": found.advice} for found in findings]
    create_table_artifact(key="upkeep-findings", table=rows, description="What the doctor found")


def _leave_accuracy(group: Group, changes: Changes) -> None:
    lost = [location.field for location in changes.losses]
    gained = [location.field for location in changes.gains]
    rows = [
        {
            "field": name,
            "accuracy": round(field.value, 4),
            "values": field.wanted,
            "gained": gained.count(name),
            "lost": lost.count(name),
        }
        for name, field in group.fields.items()
    ]
    what = f"How right each field is, over {group.letters} labelled letters, and what changed since the last time"
    create_table_artifact(key="upkeep-accuracy", table=rows, description=what)
