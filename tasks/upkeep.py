"""The steps of upkeep: examine the lake, sweep its stage, measure it, report, make a release, prune history."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterEndTime

from imr.evaluation.accuracy import ALL, Group
from imr.evaluation.accuracy import evaluate as measure
from imr.evaluation.label_files import read_labels
from imr.evaluation.saved import Changes, as_json, changes_since, read_saved
from imr.lake.files import lake_errors, write_durably
from imr.lake.layout import LakeLayout
from imr.report.made import report_files, write_report
from imr.upkeep import doctor, sweep
from imr.upkeep.object_store import upload_release
from imr.upkeep.releases import Release, make_release, unreleased
from imr.upkeep.service_logs import shorten_service_logs
from tasks.options import BATCH_RETRIES


@task(name="examine", task_run_name="examine", cache_policy=NO_CACHE)
def examine_lake(lake: LakeLayout, lock_timeout: float, *, deep: bool) -> doctor.Diagnosis:
    """Finish what was left unfinished, remove left-overs, and look whether the lake keeps its promises."""
    return doctor.examine(lake, deep=deep, repair=True, lock_timeout=lock_timeout)


@task(name="sweep", task_run_name="sweep", cache_policy=NO_CACHE)
def sweep_stage(lake: LakeLayout, keep_days: float, lock_timeout: float) -> sweep.Swept:
    """Remove what the stage keeps and no run will ask for."""
    return sweep.sweep(lake, keep_days, lock_timeout)


@task(name="measure", task_run_name="measure", cache_policy=NO_CACHE)
def measure_accuracy(lake: LakeLayout, labels: Sequence[str]) -> tuple[Group, Changes]:
    """How right the tables are, and what became better or worse since the last time; the figures stay in the lake.

    Raises:
        LabelError: the labels cannot be used.
        SavedError: the last measurement cannot be compared with.
    """
    evaluation = measure(lake, read_labels([Path(place) for place in labels]))
    earlier = read_saved(lake.accuracy) if lake.accuracy.exists() else None
    changes = changes_since(earlier, evaluation) if earlier else Changes((), ())
    with lake_errors():
        write_durably(lake.accuracy, json.dumps(as_json(evaluation), indent=1).encode())
    return evaluation.by_format[ALL], changes


@task(name="report", task_run_name="report", cache_policy=NO_CACHE)
def report_tables(lake: LakeLayout) -> Path:
    """Write the report of the tables into the lake's folder; returns its page."""
    write_report(lake, lake.report)
    return lake.report


@task(name="release", task_run_name="release", cache_policy=NO_CACHE)
def release_tables(lake: LakeLayout, lock_timeout: float) -> Release | None:
    """Make a release of the tables, unless nothing was committed since the last one."""
    return make_release(lake, None, lock_timeout, partial(report_files, lake=lake)) if unreleased(lake) else None


@task(name="upload", task_run_name="upload", cache_policy=NO_CACHE, **BATCH_RETRIES)
def upload(release: Release, to: str) -> str:
    """Put a release into an object store; what is there already is not sent again. Returns its key."""
    return upload_release(release, to)


_AT_A_TIME = 200


@task(name="prune", task_run_name="prune", cache_policy=NO_CACHE, **BATCH_RETRIES)
def prune_history(keep_days: float) -> int:
    """Remove what Prefect knows of runs that ended so many days ago, and long logs of its services.

    Returns how many runs went; their tasks and logs go with them. The lake has its own summary of each.
    """
    oldest = dt.datetime.now(dt.UTC) - dt.timedelta(days=keep_days)
    ended = FlowRunFilterEndTime.model_validate({"before_": oldest})
    removed = 0
    with get_client(sync_client=True) as client:
        while old := client.read_flow_runs(flow_run_filter=FlowRunFilter(end_time=ended), limit=_AT_A_TIME):
            for run in old:
                client.delete_flow_run(run.id)
            removed += len(old)
    shorten_service_logs()
    return removed
