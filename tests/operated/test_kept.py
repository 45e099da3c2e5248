"""What people set in Prefect's UI survives `imr up`, what prefect.yaml dropped goes, and each difference is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.operated.helpers import Operated

LAKE = {"env": {"IMR_LAKE": "another_lake"}}


def deployment(operated: Operated, name: str) -> dict[str, Any]:
    return dict(operated.ask(f"deployments/name/{name}"))


def change(operated: Operated, name: str, **parts: object) -> None:
    operated.ask(f"deployments/{deployment(operated, name)['id']}", parts, "PATCH")


@pytest.fixture
def as_in_file(operated: Operated) -> Iterator[None]:
    yield
    operated.up("--as-in-file")


def test_what_was_set_in_the_ui_stays_unless_told(operated: Operated, as_in_file: None) -> None:
    daily = deployment(operated, "letters/daily")
    (schedule,) = daily["schedules"]
    path = f"deployments/{daily['id']}/schedules"
    operated.ask(f"{path}/{schedule['id']}", {"active": False}, "PATCH")
    operated.ask(path, [{"active": True, "schedule": {"cron": "30 7 1 1 *", "timezone": "America/Los_Angeles"}}])
    variables = daily["job_variables"] | {"env": daily["job_variables"]["env"] | LAKE["env"]}
    change(operated, "letters/daily", parameters={"sources": ["elsewhere"]}, job_variables=variables)
    (automation,) = [each for each in operated.ask("automations/filter", {}) if each["name"] == "imr: no new letters"]
    operated.ask(f"automations/{automation['id']}", {"enabled": False}, "PATCH")

    for _ in range(2):
        said = "\n".join(operated.up()["up"])
        kept = deployment(operated, "letters/daily")
        assert kept["id"] == daily["id"]
        assert kept["parameters"] == {"sources": ["elsewhere"]}
        assert kept["job_variables"]["env"]["IMR_LAKE"] == "another_lake"
        assert sorted((each["schedule"]["cron"], each["active"]) for each in kept["schedules"]) == [
            ("0 6 * * *", False),
            ("30 7 1 1 *", True),
        ]
        assert not operated.ask(f"automations/{automation['id']}")["enabled"]
        for what in ("parameters.sources", "IMR_LAKE", "schedules.daily.active", "no new letters"):
            assert what in said

    said = "\n".join(operated.up("--as-in-file")["up"])
    again = deployment(operated, "letters/daily")
    assert (again["parameters"], again["job_variables"]) == (daily["parameters"], daily["job_variables"])
    assert [(each["slug"], each["active"]) for each in again["schedules"]] == [("daily", True)]
    assert operated.ask(f"automations/{automation['id']}")["enabled"]
    assert "is removed" in said


def test_what_the_file_dropped_goes(operated: Operated, as_in_file: None) -> None:
    """The record of what the file last said has a deployment and a schedule that it has no more."""
    weekly = deployment(operated, "upkeep/weekly")
    copied = {name: weekly[name] for name in ("flow_id", "entrypoint", "work_pool_name", "parameters", "tags")}
    for name in ("dropped", "of-a-person"):
        operated.ask("deployments/", {**copied, "name": name})
    yearly = {"active": True, "slug": "yearly", "schedule": {"cron": "0 9 1 1 *", "timezone": "UTC"}}
    operated.ask(f"deployments/{weekly['id']}/schedules", [yearly])
    file = operated.home / "up" / "deployed.json"
    record = json.loads(file.read_text())
    (of_server,) = record.values()
    of_server["upkeep/dropped"] = of_server["upkeep/weekly"]
    of_server["upkeep/weekly"] = [*of_server["upkeep/weekly"], [["schedules", "yearly", "active"], True]]
    file.write_text(json.dumps(record))

    said = operated.up()["up"]
    names = {each["name"]: each for each in operated.ask("deployments/filter", {})}
    assert "dropped" not in names
    assert "of-a-person" in names
    assert [each["slug"] for each in names["weekly"]["schedules"]] == ["weekly"]
    assert [sentence for sentence in said if "removed" in sentence]
    operated.ask(f"deployments/{names['of-a-person']['id']}", method="DELETE")


def test_nothing_is_said_where_nothing_differs(operated: Operated) -> None:
    assert not [sentence for sentence in operated.up()["up"] if "stays so" in sentence or "removed" in sentence]
