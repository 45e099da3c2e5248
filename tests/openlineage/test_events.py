"""What an event says: which run of which job, of which parent, and why it failed."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openlineage.client.event_v2 import RunEvent
from openlineage.client.serde import Serde

from imr.errors import Code, ImrError, LakeError
from imr.openlineage.events import JobRun, StepRunFacet, aborted, completed, failed, started, without_text
from tests.openlineage.conforming import assert_conforms
from tests.openlineage.receiving import Event, settings

RUN = JobRun("5b4c7d60-91e4-4a1c-8a3c-2b1f0c9d8e7f", "letters")
FILES = StepRunFacet("0123456789abcdef", False, 3, 1, 2, {"no_text": 2})
SECRET = "the patient is a 40 year old female"


def as_json(event: RunEvent) -> Event:
    return dict(json.loads(Serde.to_json(event)))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(started(RUN), id="start of a flow"),
        pytest.param(started(RUN.of_step("fetch", 1)), id="start of a step"),
        pytest.param(completed(RUN.of_step("fetch", 1), files=FILES), id="end of a step"),
        pytest.param(failed(RUN.of_step("fetch", 1), "batch_failed: it failed"), id="a failure"),
        pytest.param(aborted(RUN), id="an abort"),
    ],
)
def test_events_conform(event: RunEvent) -> None:
    assert_conforms(as_json(event))


def test_a_step_names_its_parent() -> None:
    parent = as_json(started(RUN.of_step("extract", 7)))["run"]["facets"]["parent"]
    assert parent["run"]["runId"] == RUN.run_id
    assert (parent["job"]["namespace"], parent["job"]["name"]) == ("imr", "letters")
    assert "parent" not in as_json(started(RUN))["run"]["facets"]


def test_the_namespace_is_the_one_that_is_set() -> None:
    with settings(NAMESPACE="office"):
        event = as_json(started(RUN.of_step("extract", 7)))
    assert event["job"]["namespace"] == event["run"]["facets"]["parent"]["job"]["namespace"] == "office"


def test_a_batch_that_is_tried_again_is_the_same_run_and_no_other_is() -> None:
    other = JobRun("00000000-0000-4000-8000-000000000000", "letters")
    steps = [(run, step, batch) for run in (RUN, other) for step in ("fetch", "extract") for batch in (None, 1, 11)]
    ids = [run.of_step(step, batch).run_id for run, step, batch in steps]
    assert len(set(ids)) == len(steps)
    assert [run.of_step(step, batch).run_id for run, step, batch in steps] == ids
    assert all(UUID(run_id) for run_id in ids)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(LakeError(Code.LAKE_LOCKED, "it is in use"), "lake_locked: it is in use", id="ours"),
        pytest.param(OSError(SECRET), "internal_error: OSError", id="another's"),
        pytest.param(ImrError(Code.TIMED_OUT, "late", transient=True), "timed_out: late", id="a passing one"),
    ],
)
def test_errors_say_their_code_and_sentence(error: Exception, expected: str) -> None:
    message = as_json(failed(RUN, without_text(error)))["run"]["facets"]["errorMessage"]["message"]
    assert message == expected


@given(st.text(min_size=12), st.sampled_from([ValueError, KeyError, OSError, UnicodeError]))
def test_no_text_of_another_error_is_told(text: str, kind: type[Exception]) -> None:
    assert text not in without_text(kind(text))
