"""The flows that bring letters into the tables: from their sources, from quarantine, and from the lake itself."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from flows.ingest import TASK_RUNNER, Effort, ToDo, carry_out
from flows.parameters import keeping_no_credentials
from imr.errors import Code
from imr.lake.layout import LakeLayout
from imr.publication.publishing import Terms
from imr.publication.quarantine import chosen, to_replay
from imr.publication.reprocessing import outdated_letters
from imr.publication.run_context import RunContext
from imr.publication.run_summary import RunSummary
from imr.settings import ENGINES, THREADS, Alerts, CommitEvery, CrawlPolicy, Gate, GateLimits
from imr.sources.cache import listed
from imr.sources.credentials import WITHOUT, without_credentials
from imr.sources.examples import EXAMPLES
from imr.upkeep.damaged import damaged_letters

BATCH_SIZE = 500
LIMITS, ALERTS, CRAWL_POLICY, COMMIT_EVERY = GateLimits(), Alerts(), CrawlPolicy(), CommitEvery()

BatchSize = Annotated[int, Field(ge=1)]
Source = Annotated[
    str,
    Field(
        title="Source",
        description="; ".join(f"{example}: {meaning}" for example, meaning in EXAMPLES.values()),
        examples=[example for example, _ in EXAMPLES.values()],
        json_schema_extra={"pattern": WITHOUT},  # so that no server takes, and keeps, a password
    ),
]
Engine = Annotated[str, Field(pattern=ENGINES)]
Store = Annotated[str, Field(json_schema_extra={"pattern": WITHOUT})]
Step = Literal["ocr_cleanup", "section_split", "extract"]


def lake_folder(told: str | None) -> Path:
    """The lake of a run: the one it was told, else that of the variable IMR_LAKE, else `data_lake`."""
    return Path(told or os.environ.get("IMR_LAKE") or "data_lake").absolute()


def letters_name() -> str:
    """What a run is called: the sources it reads and the lake it writes."""
    parameters = flow_run.parameters
    sources = [_short(without_credentials(source)) for source in parameters["sources"]]
    named = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    return f"letters of {named} into {lake_folder(parameters['lake']).name}"


def _short(source: str) -> str:
    """The last part of an address; what follows a web address may be a secret, and no name for a run."""
    if source.startswith(("http://", "https://")):
        source = source.partition("?")[0]
    return Path(source).name.lstrip("?") or source


def replay_name() -> str:
    """What a replay is called: what it tries again, and in which lake."""
    parameters = flow_run.parameters
    what = [*parameters["codes"], *parameters["files"]]
    return f"replay of {', '.join(map(str, what[:3])) or 'everything'} in {lake_folder(parameters['lake']).name}"


def reprocess_name() -> str:
    """What a reprocessing is called: from which step, and in which lake."""
    parameters = flow_run.parameters
    what = "damaged letters" if parameters["damaged"] else f"from {parameters['from_step']}"
    return f"reprocess {what} in {lake_folder(parameters['lake']).name}"


# Prefect's forms show each parameter with its line under "Args".


@keeping_no_credentials
@flow(
    name="letters",
    flow_run_name=letters_name,
    task_runner=TASK_RUNNER,
    description="fetch → ocr_cleanup → section_split → extract → publish → aggregate",
)
def letters(
    sources: list[Source],
    lake: str | None = None,
    batch_size: BatchSize = BATCH_SIZE,
    worker_count: int | None = None,
    lock_timeout: float = 60.0,
    limits: GateLimits = LIMITS,
    accept: list[Gate] = [],  # noqa: B006
    alerts: Alerts = ALERTS,
    new_within_days: int | None = None,
    crawl_policy: CrawlPolicy = CRAWL_POLICY,
    store: Store | None = None,
    commit_every: CommitEvery = COMMIT_EVERY,
    engine: Engine = THREADS,
) -> State[RunSummary]:
    """Bring the lake up to date with its sources: new letters in, known ones passed over, bad ones to quarantine.

    Args:
        sources: Where letters are: folders, archives, lists, web pages, object stores, DWC's search tool.
        lake: Folder of the lake; made if it is not there. None: the one that the variable IMR_LAKE names.
        batch_size: Letters in a batch, and so in a task run.
        worker_count: Worker processes. None: one per core.
        lock_timeout: Seconds to wait for another run that writes the lake.
        limits: How much a run may differ from what is expected of it before it is refused.
        accept: Gates that are let pass in this run.
        alerts: When events are sent that automations act on.
        new_within_days: Fail when no letter was new for so many days. None: never.
        crawl_policy: How the run behaves towards the servers that it reaches.
        store: Object store for the bytes and what the steps make of them: s3://bucket/prefix. None: where they are now.
        commit_every: How much of the run becomes public at a time: so many letters, or what so many minutes bring.
        engine: Where the letter steps run: threads; dask, a cluster on this machine; tcp://host:8786, a Dask scheduler.
    """
    here = LakeLayout(lake_folder(lake))

    def to_do(run: RunContext) -> ToDo:
        return ToDo(*listed(run.lake, lambda: run.client.listing(sources, run.lake)))

    terms = Terms("ingest", limits, accept)
    effort = Effort(batch_size, worker_count, lock_timeout, crawl_policy, commit_every, engine)
    return carry_out(here, to_do, terms, effort, alerts, new_within_days, store)


@keeping_no_credentials
@flow(
    name="replay",
    flow_run_name=replay_name,
    task_runner=TASK_RUNNER,
    description="what is in quarantine once more: ocr_cleanup → section_split → extract → publish → aggregate",
)
def replay(
    lake: str | None = None,
    codes: list[Code] = [],  # noqa: B006
    since: dt.date | None = None,
    files: list[str] = [],  # noqa: B006
    batch_size: BatchSize = BATCH_SIZE,
    worker_count: int | None = None,
    lock_timeout: float = 60.0,
    alerts: Alerts = ALERTS,
    crawl_policy: CrawlPolicy = CRAWL_POLICY,
    commit_every: CommitEvery = COMMIT_EVERY,
    engine: Engine = THREADS,
) -> State[RunSummary]:
    """Try files in quarantine again from the bytes that were kept of them, poison or not.

    Args:
        lake: Folder of the lake. None: the one that the variable IMR_LAKE names.
        codes: Error codes to try again; all where none is given.
        since: Only files that were last met on or after this day.
        files: Only these: file names, addresses or document ids.
        batch_size: Letters in a batch, and so in a task run.
        worker_count: Worker processes. None: one per core.
        lock_timeout: Seconds to wait for another run that writes the lake.
        alerts: When events are sent that automations act on.
        crawl_policy: How the run behaves towards servers, where bytes are to be fetched again.
        commit_every: How much of the run becomes public at a time: so many letters, or what so many minutes bring.
        engine: Where the letter steps run: threads; dask, a cluster on this machine; tcp://host:8786, a Dask scheduler.
    """
    here = LakeLayout(lake_folder(lake))

    def to_do(run: RunContext) -> ToDo:
        return ToDo(to_replay(run.lake, chosen(run.lake, codes, since, files)))

    # What failed before may well fail again: no share of it says anything of the run.
    terms = Terms("replay", accepted=[Gate.ERROR_BUDGET])
    effort = Effort(batch_size, worker_count, lock_timeout, crawl_policy, commit_every, engine)
    return carry_out(here, to_do, terms, effort, alerts)


@keeping_no_credentials
@flow(
    name="reprocess",
    flow_run_name=reprocess_name,
    task_runner=TASK_RUNNER,
    description="letters of old versions once more: ocr_cleanup → section_split → extract → publish → aggregate",
)
def reprocess(
    lake: str | None = None,
    from_step: Step = "extract",
    years: list[int] = [],  # noqa: B006
    most: Annotated[int, Field(ge=1)] | None = None,
    damaged: bool = False,
    batch_size: BatchSize = BATCH_SIZE,
    worker_count: int | None = None,
    lock_timeout: float = 60.0,
    limits: GateLimits = LIMITS,
    accept: list[Gate] = [],  # noqa: B006
    alerts: Alerts = ALERTS,
    crawl_policy: CrawlPolicy = CRAWL_POLICY,
    commit_every: CommitEvery = COMMIT_EVERY,
    engine: Engine = THREADS,
) -> State[RunSummary]:
    """Read published letters again from the bytes in the lake where code or rules have changed since.

    Args:
        lake: Folder of the lake. None: the one that the variable IMR_LAKE names.
        from_step: Letters for which the version of this step is not the present one.
        years: Only letters of these case years; all where none is given.
        most: At most so many letters, the rest later. None: all.
        damaged: Letters whose rows or bytes are lost or not as they should be instead, whatever their version: all
            that is public of them is replaced. What is there is no measure then: no gate holds it against them.
        batch_size: Letters in a batch, and so in a task run.
        worker_count: Worker processes. None: one per core.
        lock_timeout: Seconds to wait for another run that writes the lake.
        limits: How much a run may differ from what is expected of it before it is refused.
        accept: Gates that are let pass in this run.
        alerts: When events are sent that automations act on.
        crawl_policy: How the run behaves towards servers, where bytes are to be fetched again.
        commit_every: How much of the run becomes public at a time: so many letters, or what so many minutes bring.
        engine: Where the letter steps run: threads; dask, a cluster on this machine; tcp://host:8786, a Dask scheduler.
    """
    here = LakeLayout(lake_folder(lake))

    def to_do(run: RunContext) -> ToDo:
        if not damaged:
            return ToDo(outdated_letters(run.lake, from_step, years, most))
        known, anew = damaged_letters(run.lake)
        return ToDo(known, anew=anew)

    accepted = [*accept, Gate.ROW_COUNTS, Gate.DRIFT] if damaged else accept
    terms = Terms("reprocess", limits, accepted)
    effort = Effort(batch_size, worker_count, lock_timeout, crawl_policy, commit_every, engine)
    return carry_out(here, to_do, terms, effort, alerts)
