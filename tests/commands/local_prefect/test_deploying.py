"""What people set on a server and what prefect.yaml says, brought together."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.local_prefect.deploying import Settings, merge, settings_in_file, with_slugs
from commands.local_prefect.machine import UpError

ENTRY: dict[str, Any] = {
    "name": "daily",
    "entrypoint": "flows/letters.py:letters",
    "description": "Every morning.",
    "parameters": {"sources": ["data_lake/landing"]},
    "tags": ["imr"],
    "schedules": [{"cron": "0 6 * * *", "timezone": "America/Los_Angeles", "slug": "daily", "active": True}],
    "concurrency_limit": {"limit": 1, "collision_strategy": "ENQUEUE"},
    "work_pool": {"name": "letters", "job_variables": {"env": {"IMR_LAKE": "data_lake"}}},
}
FILE = settings_in_file(ENTRY)
LAKE = ("work_pool", "job_variables", "env", "IMR_LAKE")
SOURCES = ("parameters", "sources")
ACTIVE, WHEN = ("schedules", "daily", "active"), ("schedules", "daily", "when")
SEVEN = {"cron": "0 7 * * *", "timezone": "America/Los_Angeles", "day_or": True}
EXTRA: Settings = {("schedules", "in-ui-1", "active"): True, ("schedules", "in-ui-1", "when"): SEVEN}


def changed(**parts: Any) -> dict[str, Any]:
    return {**deepcopy(ENTRY), **parts}


def without(*places: tuple[str, ...]) -> Settings:
    return {place: value for place, value in FILE.items() if place not in places}


def test_what_nobody_touched_is_as_the_file_has_it() -> None:
    made = merge(ENTRY, FILE, FILE)
    assert made.kept == {}
    assert settings_in_file(made.entry) == FILE


@pytest.mark.parametrize("last", [pytest.param(FILE, id="known"), pytest.param(None, id="not known")])
@pytest.mark.parametrize(
    "people",
    [
        pytest.param({ACTIVE: False}, id="a schedule is paused"),
        pytest.param({WHEN: SEVEN}, id="a schedule is moved"),
        pytest.param({LAKE: "elsewhere"}, id="the lake of runs is another"),
        pytest.param({(*LAKE[:3], "MY_OWN"): "1"}, id="a variable is new"),
        pytest.param({SOURCES: ["other"]}, id="a parameter is another"),
        pytest.param({("parameters", "worker_count"): 3}, id="a parameter is new"),
        pytest.param({("paused",): True}, id="the deployment is paused"),
        pytest.param({("tags",): ["imr", "mine"]}, id="a tag is new"),
        pytest.param({("concurrency_limit", "limit"): 2}, id="the limit is another"),
        pytest.param(EXTRA, id="a schedule is new"),
    ],
)
def test_what_people_set_stays(people: Settings, last: Settings | None) -> None:
    made = merge(ENTRY, {**FILE, **people}, last)
    assert made.kept == people
    assert settings_in_file(made.entry) == {**FILE, **people}


@pytest.mark.parametrize(
    "places",
    [
        pytest.param([SOURCES], id="a parameter"),
        pytest.param([LAKE], id="a variable"),
        pytest.param([ACTIVE, WHEN], id="a schedule"),
    ],
)
def test_what_people_took_away_stays_away(places: list[tuple[str, ...]]) -> None:
    made = merge(ENTRY, without(*places), FILE)
    assert set(made.kept) == set(places)
    assert settings_in_file(made.entry) == without(*places)


def test_what_the_file_changed_is_applied_where_nobody_set_anything() -> None:
    now = changed(parameters={"sources": ["new"]}, schedules=[{"cron": "0 5 * * *", "slug": "daily"}])
    made = merge(now, {**FILE, LAKE: "elsewhere"}, FILE)
    assert set(made.kept) == {LAKE}
    assert settings_in_file(made.entry) == {**settings_in_file(now), LAKE: "elsewhere"}


def test_a_schedule_that_is_paused_and_moved_by_the_file_is_both() -> None:
    made = merge(changed(schedules=[{"cron": "0 5 * * *", "slug": "daily"}]), {**FILE, ACTIVE: False}, FILE)
    (schedule,) = made.entry["schedules"]
    assert (schedule["cron"], schedule["active"]) == ("0 5 * * *", False)


@pytest.mark.parametrize("people", [{}, {ACTIVE: False}, {WHEN: SEVEN}], ids=["untouched", "paused", "moved"])
def test_a_schedule_that_the_file_dropped_goes(people: Settings) -> None:
    made = merge(changed(schedules=[]), {**FILE, **people}, FILE)
    assert made.entry["schedules"] == []
    assert made.kept == {}


def test_what_the_file_dropped_goes_where_nobody_set_it() -> None:
    made = merge(changed(parameters={}), FILE, FILE)
    assert made.entry["parameters"] == {}


def test_people_and_file_that_came_to_the_same_do_not_differ() -> None:
    made = merge(changed(parameters={"sources": ["same"]}), {**FILE, SOURCES: ["same"]}, FILE)
    assert made.kept == {}


def test_schedules_without_a_name_get_one() -> None:
    entry = with_slugs(changed(schedules=[{"cron": "0 6 * * *"}, {"interval": 3600}]))
    assert [schedule["slug"] for schedule in entry["schedules"]] == ["schedule-1", "schedule-2"]


def test_what_prefect_fills_in_itself_is_no_difference() -> None:
    entry = {
        name: value for name, value in changed(parameters={"lake": "{{ $LAKE }}"}).items() if name != "description"
    }
    on_server = {**settings_in_file(entry), ("description",): "The flow's own.", ("parameters", "lake"): "/lakes/one"}
    made = merge(entry, on_server, None)
    assert made.kept == {}
    assert made.entry["parameters"] == {"lake": "{{ $LAKE }}"}
    assert "description" not in made.entry


def test_a_schedule_of_no_kind_is_said() -> None:
    with pytest.raises(UpError, match="none of cron"):
        settings_in_file(changed(schedules=[{"slug": "x"}]))


VALUES = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2))


@given(last=VALUES, now=VALUES, file=VALUES)
def test_every_value_is_peoples_or_the_files(last: dict[str, int], now: dict[str, int], file: dict[str, int]) -> None:
    def of(parameters: dict[str, int]) -> Settings:
        return settings_in_file(changed(parameters=parameters))

    made = merge(changed(parameters=file), of(now), of(last)).entry["parameters"]
    for name in "abcd":
        assert made.get(name) == (now.get(name) if now.get(name) != last.get(name) else file.get(name))
