"""The automations that `imr up` makes: valid for Prefect, about events that flows send, wired to a block or to none."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.events.schemas.automations import AutomationCore

from commands.local_prefect.registration import AUTOMATIONS, read_automations
from flows import events
from flows.report import COMPLETED, NOTHING_NEW, STALE, WITH_QUARANTINE

SENT = {value for name, value in vars(events).items() if name.isupper() and str(value).startswith("imr.")}


def expected(automation: dict[str, Any]) -> set[str]:
    return set(automation["trigger"]["expect"])


@pytest.mark.parametrize("block", [pytest.param(None, id="no block"), pytest.param(uuid4(), id="a block")])
def test_every_automation_is_one_of_prefects(block: UUID | None) -> None:
    for automation in read_automations(AUTOMATIONS, block):
        made = AutomationCore.model_validate(automation)
        kinds = [action.type for action in made.actions]
        alert = "send-notification" if block else "do-nothing"
        ends_a_run = {"imr: a run went silent", "imr: a run does not begin"}
        assert kinds == (["change-flow-run-state"] if made.name in ends_a_run else [alert])


def test_they_wait_for_events_that_are_sent() -> None:
    awaited = {event for automation in read_automations(AUTOMATIONS, None) for event in expected(automation)}
    ours = {event for event in awaited if event.startswith("imr.")}
    assert ours <= SENT
    assert SENT - ours == {events.COMMITTED, events.FILE_QUARANTINED}  # for automations of one's own


def test_a_run_that_ends_under_any_name_is_not_silent() -> None:
    (silent,) = [each for each in read_automations(AUTOMATIONS, None) if "silent" in each["name"]]
    for name in (COMPLETED, NOTHING_NEW, WITH_QUARANTINE, STALE, "Failed", "heartbeat"):
        assert any(f"prefect.flow-run.{name}".startswith(event.rstrip("*")) for event in expected(silent))
