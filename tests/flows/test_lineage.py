"""Lineage outwards: what a run tells of itself, of its batches and of its commit, and what it does not."""

from __future__ import annotations

import contextlib
import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from imr.errors import Code, LakeError, SetupError
from imr.lake.layout import LakeLayout
from imr.publication.batches import LetterBatch
from imr.publication.events import event_rows
from imr.publication.run_context import RunContext, run_context
from imr.publication.run_summary import RunSummary
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.tables.declaration import TABLES
from imr.tables.schema import TYPES
from tasks.openlineage import reported_flow, reported_step
from tests.flows.helpers import rows, run
from tests.openlineage.conforming import assert_conforms
from tests.openlineage.receiving import Event, nobody, receiver, settings, to_file, to_http, written

SECRET = "the patient is a 40 year old female"
STEPS = ("fetch", "ocr_cleanup", "section_split", "extract")


@dataclass(frozen=True)
class RecordedRun:
    """A run over the samples, and what was recorded of it to a file and to a server."""

    lake: Path
    summary: RunSummary
    events: list[Event]
    posted: list[Event]

    def ends(self, job: str) -> Event:
        """The one end of a job that had one run."""
        (end,) = [e for e in self.events if e["job"]["name"] == job and e["eventType"] != "START"]
        return end


@pytest.fixture(scope="module")
def recorded(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedRun]:
    folder = tmp_path_factory.mktemp("recorded")
    with receiver() as server:
        transports = [
            {"type": "file", "log_file_path": str(folder / "events"), "append": True},
            {"type": "http", "url": server.url},
        ]
        with settings(_TRANSPORT__TYPE="composite", _TRANSPORT__TRANSPORTS=json.dumps(transports)):
            _, summary = run(folder / "lake", landing)
    yield RecordedRun(folder / "lake", summary, written(folder / "events"), server.events)


def test_every_event_is_as_the_standard_wants_it(recorded: RecordedRun) -> None:
    assert recorded.events == recorded.posted
    for event in recorded.events:
        assert_conforms(event)


def test_every_start_has_one_end(recorded: RecordedRun) -> None:
    states: dict[str, list[str]] = {}
    for event in recorded.events:
        states.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert set(map(tuple, states.values())) == {("START", "COMPLETE")}
    jobs = Counter(event["job"]["name"] for event in recorded.events)
    assert jobs == {"letters": 2, "letters.publish": 2, **{f"letters.{step}": 2 for step in STEPS}}


def test_steps_name_their_flow_run(recorded: RecordedRun) -> None:
    for event in recorded.events:
        if event["job"]["name"] == "letters":
            assert event["run"]["runId"] == recorded.summary.run_id
        else:
            parent = event["run"]["facets"]["parent"]
            assert parent["run"]["runId"] == recorded.summary.run_id
            assert parent["job"]["name"] == "letters"


def test_counts_are_those_of_the_lineage_table(recorded: RecordedRun) -> None:
    lineage = rows(recorded.lake, "lineage")
    for step in STEPS:
        of_step = [row for row in lineage if row["step"] == step]
        statuses = Counter(row["status"] for row in of_step)
        codes = Counter(row["error_code"] for row in of_step if row["status"] == "quarantined")
        facet = recorded.ends(f"letters.{step}")["run"]["facets"]["imr_step"]
        counted = (facet["ok"], facet["retried"], facet["quarantined"], facet["errorCodes"])
        assert counted == (statuses["ok"], statuses["retried"], statuses["quarantined"], codes), step
        assert facet["stepVersion"] in {row["step_version"] for row in of_step}
        assert facet["reused"] is False


def test_a_steps_output_is_the_next_ones_input(recorded: RecordedRun, landing: Path) -> None:
    def names(kind: str, job: str) -> set[str]:
        return {dataset["name"] for dataset in recorded.ends(job)[kind]}

    assert names("inputs", "letters.fetch") == {landing.as_posix()}
    assert names("outputs", "letters.fetch") == names("inputs", "letters.ocr_cleanup") == {f"{recorded.lake}/raw"}
    before = names("outputs", "letters.ocr_cleanup")
    assert names("inputs", "letters.section_split") == before
    before |= names("outputs", "letters.section_split")
    assert names("inputs", "letters.extract") == before
    assert names("inputs", "letters.publish") <= before | names("outputs", "letters.extract")


def test_the_commit_tells_every_table_as_it_is(recorded: RecordedRun) -> None:
    outputs = {Path(dataset["name"]).name: dataset for dataset in recorded.ends("letters.publish")["outputs"]}
    assert set(outputs) == {path.name for path in (recorded.lake / "tables").iterdir()}
    for name, dataset in outputs.items():
        file = next(Path(dataset["name"]).rglob("*.parquet"))
        fields = [(f["name"], f["type"], f["description"]) for f in dataset["facets"]["schema"]["fields"]]
        assert fields == [(c.name, str(TYPES[c.kind]), c.meaning) for c in TABLES[name].columns]
        assert [field[0] for field in fields] == pq.read_schema(file).names
        assert dataset["outputFacets"]["outputStatistics"]["rowCount"] == len(rows(recorded.lake, name))
        assert dataset["facets"]["version"]["datasetVersion"] == recorded.summary.commit_id


def test_no_letter_text_is_told(recorded: RecordedRun) -> None:
    length = 24  # characters: longer than any name or code, shorter than any sentence

    def pieces(text: str) -> set[str]:
        return {text[start : start + length] for start in range(len(text) - length + 1)}

    said = set().union(*(pieces(text) for event in recorded.events for text in strings(event)))
    letters = rows(recorded.lake, "texts")
    assert len(letters) >= 12
    for letter in letters:
        shared = said & (pieces(letter["raw_text"]) | pieces(letter["clean_text"]))
        assert not shared, shared


def strings(value: Any) -> Iterator[str]:
    """All strings inside of a JSON value, keys included; but for what the tables' declaration says of itself."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner) if key != "description" else ()
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def test_nobody_there_leaves_the_run_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "letter.txt").write_text(text_of(compose(7, 0)), encoding="utf-8")
    with settings(**to_http(nobody())):
        state, summary = run(tmp_path / "lake", tmp_path / "letter.txt")
    assert (state, summary.files_published) == ("Completed", 1)
    warnings = [r.getMessage() for r in caplog.records if r.name == "imr" and r.levelno >= logging.WARNING]
    assert warnings == ["OpenLineage events are lost: ConnectionError; the run goes on"]


def test_a_run_that_cannot_tell_does_not_begin(tmp_path: Path, landing: Path) -> None:
    with settings(_TRANSPORT__TYPE="http"), pytest.raises(SetupError, match="lineage_not_set_up"):
        run(tmp_path / "lake", landing)
    assert not (tmp_path / "lake").exists()


@task
def good(context: RunContext, batch: LetterBatch) -> None:
    with reported_step(context, "extract", batch, "k"):
        context.stage.put("extract", "k", {"lineage": event_rows([])})


failures: list[str] = []


@task(retries=2)
def passing(context: RunContext, batch: LetterBatch) -> None:
    with reported_step(context, "extract", batch, "k2"):
        if len(failures) < 2:
            failures.append(SECRET)
            raise OSError(SECRET)
        context.stage.put("extract", "k2", {"lineage": event_rows([])})


@task(retries=1)
def broken(context: RunContext, batch: LetterBatch) -> None:
    with reported_step(context, "extract", batch, "k3"):
        raise OSError(SECRET)


@flow
def tried(root: str) -> State[None]:
    with reported_flow() as (reporter, ending), run_context(LakeLayout(Path(root)), "", reporter=reporter) as context:
        good(context, LetterBatch(1, []))
        good(context, LetterBatch(2, []))
        passing(context, LetterBatch(3, []))
        broken(context, LetterBatch(4, []), return_state=True)
        return ending(Failed(data=LakeError(Code.GATE_REFUSED, "it is too much")))


def test_a_batch_has_one_end_however_often_it_was_tried(tmp_path: Path) -> None:
    failures.clear()
    with settings(**to_file(tmp_path / "events")):
        assert tried(str(tmp_path), return_state=True).is_failed()
    events = written(tmp_path / "events")
    runs: dict[str, list[Event]] = {}
    for event in events:
        assert_conforms(event)
        runs.setdefault(event["run"]["runId"], []).append(event)
    flow_run, *steps = runs.values()
    assert [[event["eventType"] for event in step] for step in steps] == [
        ["START", "COMPLETE"],
        ["START", "COMPLETE"],
        ["START", "COMPLETE"],
        ["START", "FAIL"],
    ]
    assert [step[-1]["run"]["facets"].get("imr_step", {}).get("reused") for step in steps] == [False, True, False, None]
    assert steps[3][-1]["run"]["facets"]["errorMessage"]["message"] == "internal_error: OSError"
    assert [event["eventType"] for event in flow_run] == ["START", "FAIL"]
    assert flow_run[-1]["run"]["facets"]["errorMessage"]["message"] == "gate_refused: it is too much"
    assert SECRET not in (tmp_path / "events").read_text(encoding="utf-8")


@flow
def ended(how: type[BaseException] | None) -> State[None]:
    with reported_flow() as (_, ending):
        if how is not None:
            raise how(SECRET)
        return ending(Completed())


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param(None, ("COMPLETE", None), id="done"),
        pytest.param(ValueError, ("FAIL", "internal_error: ValueError"), id="failed"),
        pytest.param(KeyboardInterrupt, ("ABORT", None), id="interrupted"),
    ],
)
def test_a_flow_ends_as_it_ends(
    how: type[BaseException] | None, expected: tuple[str, str | None], tmp_path: Path
) -> None:
    with settings(**to_file(tmp_path / "events")), contextlib.suppress(KeyboardInterrupt):
        ended(how, return_state=True)
    start, end = written(tmp_path / "events")
    assert start["eventType"] == "START"
    assert (end["eventType"], end["run"]["facets"].get("errorMessage", {}).get("message")) == expected


def test_nothing_is_told_where_it_is_off(tmp_path: Path) -> None:
    with settings(**to_file(tmp_path / "events"), DISABLED="true"):
        ended(None)
    assert not list(tmp_path.iterdir())
