"""What people set in Prefect's UI survives `imr up`, what prefect.yaml dropped goes, and each difference is said."""

from __future__ import annotations

import json
from typing import Any

from tests.operated.helpers import Operated

LAKE = {"env": {"IMR_LAKE": "another_lake"}}


def deployment(operated: Operated, name: str) -> dict[str, Any]:
    return dict(operated.ask(f"deployments/name/{name}"))


def automations(operated: Operated) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in operated.ask("automations/filter", {})}


def as_sent(automation: dict[str, Any], **parts: object) -> dict[str, Any]:
    """What a client sends of an automation: the server takes back nothing that it has added."""
    trigger = {name: value for name, value in automation["trigger"].items() if name != "id"}
    return {name: automation[name] for name in ("name", "description", "actions")} | {"trigger": trigger} | parts


def change(operated: Operated, name: str, **parts: object) -> None:
    operated.ask(f"deployments/{deployment(operated, name)['id']}", parts, "PATCH")


def test_what_was_set_in_the_ui_stays_unless_told(operated: Operated) -> None:
    daily = deployment(operated, "letters/daily")
    (schedule,) = daily["schedules"]
    path = f"deployments/{daily['id']}/schedules"
    operated.ask(f"{path}/{schedule['id']}", {"active": False}, "PATCH")
    operated.ask(path, [{"active": True, "schedule": {"cron": "30 7 1 1 *", "timezone": "America/Los_Angeles"}}])
    variables = daily["job_variables"] | {"env": daily["job_variables"]["env"] | LAKE["env"]}
    change(operated, "letters/daily", parameters={"sources": ["elsewhere"]}, job_variables=variables)
    ours = automations(operated)
    quiet, silent = ours["imr: no new letters"], ours["imr: a run went silent"]
    operated.ask(f"automations/{quiet['id']}", {"enabled": False}, "PATCH")
    later = as_sent(silent, trigger=as_sent(silent)["trigger"] | {"within": 500.0})
    operated.ask(f"automations/{silent['id']}", later, "PUT")

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
        ours = automations(operated)
        assert not ours["imr: no new letters"]["enabled"]
        assert ours["imr: a run went silent"]["trigger"]["within"] == 500
        for what in (
            "parameters.sources",
            "IMR_LAKE",
            "schedules.daily.active",
            '"imr: no new letters": enabled is false',
            '"imr: a run went silent": trigger was set',
        ):
            assert what in said

    said = "\n".join(operated.up("--as-in-file")["up"])
    again = deployment(operated, "letters/daily")
    assert (again["parameters"], again["job_variables"]) == (daily["parameters"], daily["job_variables"])
    assert [(each["slug"], each["active"]) for each in again["schedules"]] == [("daily", True)]
    ours = automations(operated)
    assert ours["imr: no new letters"]["enabled"]
    assert ours["imr: a run went silent"]["trigger"]["within"] == silent["trigger"]["within"]
    assert ours["imr: a run went silent"]["id"] == silent["id"]
    assert "is removed" in said


def test_what_the_file_dropped_goes(operated: Operated) -> None:
    """The records of what the files last said have a deployment, a schedule and an automation that are there no more."""
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
    quiet = automations(operated)["imr: no new letters"]
    for name in ("imr: dropped", "imr: of a person"):
        operated.ask("automations/", as_sent(quiet, name=name))
    file = operated.home / "up" / "automated.json"
    record = json.loads(file.read_text())
    (of_server,) = record.values()
    of_server["imr: dropped"] = of_server["imr: no new letters"]
    file.write_text(json.dumps(record))

    said = operated.up()["up"]
    names = {each["name"]: each for each in operated.ask("deployments/filter", {})}
    assert "dropped" not in names
    assert "of-a-person" in names
    assert [each["slug"] for each in names["weekly"]["schedules"]] == ["weekly"]
    assert len([sentence for sentence in said if "is removed" in sentence]) == 3
    left = automations(operated)
    assert "imr: dropped" not in left
    operated.ask(f"automations/{left['imr: of a person']['id']}", method="DELETE")
    operated.ask(f"deployments/{names['of-a-person']['id']}", method="DELETE")
