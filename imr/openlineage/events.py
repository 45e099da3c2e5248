"""The events of a run: one when a job starts, one when it ends, for the flow and for each step of each batch."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

import attr
from openlineage.client import set_producer
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import RunFacet, error_message_run, job_type_job, parent_run, processing_engine_run

from imr.errors import Code, ImrError
from imr.version import __version__

PRODUCER = f"pkg:generic/imr-letters@{__version__}"
"""Who made the events, as a package URL."""

set_producer(PRODUCER)


class JobRun(NamedTuple):
    """One run of one job, and the run that it is a part of."""

    run_id: str
    job: str
    parent: JobRun | None = None

    def of_step(self, step: str, batch: int | None = None) -> JobRun:
        """The run of a step, for one batch or for all. A batch that is tried again is the same run."""
        named = step if batch is None else f"{step} {batch}"
        return JobRun(str(uuid5(UUID(self.run_id), named)), f"{self.job}.{step}", self)


@attr.define
class StepRunFacet(RunFacet):
    """What became of the files of a batch in a step; the standard has facets for rows and columns only."""

    stepVersion: str  # noqa: N815 - as all names of the standard
    """The code and rules that did it."""
    reused: bool
    """Whether an earlier run had done it."""
    ok: int
    retried: int
    """Attempts that failed and were made again."""
    quarantined: int
    errorCodes: dict[str, int]  # noqa: N815
    """How many files went to quarantine under each code."""


def started(run: JobRun, inputs: Sequence[InputDataset] = ()) -> RunEvent:
    """A run began."""
    return _event(RunState.START, run, inputs)


def completed(
    run: JobRun,
    inputs: Sequence[InputDataset] = (),
    outputs: Sequence[OutputDataset] = (),
    files: StepRunFacet | None = None,
) -> RunEvent:
    """A run did its work, whatever became of single files."""
    return _event(RunState.COMPLETE, run, inputs, outputs, {"imr_step": files} if files else {})


def failed(run: JobRun, message: str, inputs: Sequence[InputDataset] = ()) -> RunEvent:
    """A run failed as a whole; the message is one that `without_text` made."""
    said = error_message_run.ErrorMessageRunFacet(message=message, programmingLanguage="PYTHON")
    return _event(RunState.FAIL, run, inputs, facets={"errorMessage": said})


def aborted(run: JobRun, inputs: Sequence[InputDataset] = ()) -> RunEvent:
    """A run was ended from outside."""
    return _event(RunState.ABORT, run, inputs)


def without_text(error: Exception) -> str:
    """An error's code and sentence; of one that is not ours its kind alone, as its text could hold a letter's."""
    if isinstance(error, ImrError):
        return f"{error.code}: {error.message}"
    return f"{Code.INTERNAL_ERROR}: {type(error).__name__}"


def _event(
    state: RunState,
    run: JobRun,
    inputs: Sequence[InputDataset],
    outputs: Sequence[OutputDataset] = (),
    facets: dict[str, RunFacet] | None = None,
) -> RunEvent:
    return RunEvent(
        eventTime=dt.datetime.now(dt.UTC).isoformat(),
        eventType=state,
        run=Run(run.run_id, {**_about(run), **(facets or {})}),
        job=Job(_namespace(), run.job, {"jobType": _kind(run)}),
        inputs=list(inputs),
        outputs=list(outputs),
    )


def _about(run: JobRun) -> dict[str, RunFacet]:
    engine = processing_engine_run.ProcessingEngineRunFacet(version=__version__, name="imr-letters")
    facets: dict[str, RunFacet] = {"processing_engine": engine}
    if run.parent:
        above = parent_run.Run(run.parent.run_id), parent_run.Job(_namespace(), run.parent.job)
        facets["parent"] = parent_run.ParentRunFacet(*above)
    return facets


def _kind(run: JobRun) -> job_type_job.JobTypeJobFacet:
    return job_type_job.JobTypeJobFacet(
        processingType="BATCH", integration="IMR", jobType="STEP" if run.parent else "FLOW"
    )


def _namespace() -> str:
    """The namespace of the jobs: the variable is the one that OpenLineage's own integrations go by."""
    return os.environ.get("OPENLINEAGE_NAMESPACE") or "imr"
