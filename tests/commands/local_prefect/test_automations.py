"""The automations that `imr up` makes: valid for Prefect, about events that flows send, wired to a block or to none."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.events.schemas.automations import Automation, AutomationCore

from commands.local_prefect.automations import FILE, read_automations, settings_of
from flows import events
from flows.report import COMPLETED, NOTHING_NEW, STALE, WITH_QUARANTINE

SENT = {value for name, value in vars(events).items() if name.isupper() and str(value).startswith("imr.")}


def expected(automation: dict[str, Any]) -> set[str]:
    return set(automation["trigger"]["expect"])


@pytest.mark.parametrize("block", [pytest.param(None, id="no block"), pytest.param(uuid4(), id="a block")])
def test_every_automation_is_one_of_prefects(block: UUID | None) -> None:
    for automation in read_automations(FILE, block):
        made = AutomationCore.model_validate(automation)
        kinds = [action.type for action in made.actions]
        alert = "send-notification" if block else "do-nothing"
        ends_a_run = {"imr: a run went silent", "imr: a run does not begin"}
        assert kinds == (["change-flow-run-state"] if made.name in ends_a_run else [alert])


def test_where_nobody_is_told_the_description_says_so() -> None:
    told, untold = read_automations(FILE, uuid4()), read_automations(FILE, None)
    longer = {each["name"] for each, other in zip(untold, told, strict=True) if each != other}
    assert longer == {each["name"] for each in untold if each["actions"] == [{"type": "do-nothing"}]}
    assert all(("Nobody is told" in each["description"]) is (each["name"] in longer) for each in untold)


@pytest.mark.parametrize("block", [None, uuid4()], ids=["no block", "a block"])
def test_what_prefect_makes_of_one_is_no_difference(block: UUID | None) -> None:
    for automation in read_automations(FILE, block):
        made = AutomationCore.model_validate(automation)
        again = Automation.model_validate({**made.model_dump(mode="json"), "id": str(uuid4())})
        assert settings_of(again) == settings_of(made)
        assert {place[0] for place in settings_of(made)} == {"description", "enabled", "trigger", "actions"}


def test_they_wait_for_events_that_are_sent() -> None:
    awaited = {event for automation in read_automations(FILE, None) for event in expected(automation)}
    ours = {event for event in awaited if event.startswith("imr.")}
    assert ours <= SENT
    assert SENT - ours == {events.COMMITTED, events.FILE_QUARANTINED}  # for automations of one's own


def test_a_run_that_ends_under_any_name_is_not_silent() -> None:
    (silent,) = [each for each in read_automations(FILE, None) if "silent" in each["name"]]
    for name in (COMPLETED, NOTHING_NEW, WITH_QUARANTINE, STALE, "Failed", "heartbeat"):
        assert any(f"prefect.flow-run.{name}".startswith(event.rstrip("*")) for event in expected(silent))
