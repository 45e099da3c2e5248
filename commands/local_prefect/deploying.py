"""Brings the deployments of prefect.yaml to a server, without undoing what people have set there.

Deployments and schedules that came from the file and that it has no more are removed.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule
from pydantic import BaseModel

from commands.local_prefect.kept import NOT_SET, Place, Record, Settings, difference, plain, set_by_people
from commands.local_prefect.machine import PREFECT, PROJECT, UpError

FILE = PROJECT / "prefect.yaml"

_KINDS: dict[str, type[CronSchedule] | type[IntervalSchedule] | type[RRuleSchedule]] = {
    "cron": CronSchedule,
    "interval": IntervalSchedule,
    "rrule": RRuleSchedule,
}


class Merged(NamedTuple):
    """An entry of prefect.yaml with what people have set on the server, and the places where these differ."""

    entry: dict[str, Any]
    kept: dict[Place, Any]


def deploy(record: Record, environment: Mapping[str, str], *, as_in_file: bool = False) -> list[str]:
    """Deploy prefect.yaml; says what there is now and what differs, in a sentence each.

    Raises:
        UpError: prefect.yaml cannot be deployed.
    """
    config = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    entries = {name_of(entry["entrypoint"], entry["name"]): with_slugs(entry) for entry in config["deployments"]}
    last = record.last
    with get_client(sync_client=True) as client:
        there = _there(client)
        merged = {
            name: Merged(entry, {})
            if as_in_file or name not in there
            else merge(entry, settings_on_server(there[name]), last.get(name))
            for name, entry in entries.items()
        }
        _deploy_as(config | {"deployments": [each.entry for each in merged.values()]}, environment)
        said = [f"{len(entries)} deployments: {', '.join(entry['name'] for entry in entries.values())}"]
        said += [_kept(name, place, each, entries[name]) for name, each in merged.items() for place in each.kept]
        said += _remove(client, {name: there[name] for name in last.keys() & there.keys() - entries.keys()}, merged)
    record.keep({name: settings_in_file(entry) for name, entry in entries.items()})
    return said


def name_of(entrypoint: str | None, name: str) -> str:
    """FLOW/NAME of a deployment."""
    return f"{(entrypoint or '').rpartition(':')[2]}/{name}"


def with_slugs(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the file whose schedules all have names, by which Prefect and people know them again."""
    named = copy.deepcopy(dict(entry))
    for number, schedule in enumerate(named.get("schedules") or [], 1):
        schedule.setdefault("slug", f"schedule-{number}")
    return named


def settings_in_file(entry: Mapping[str, Any]) -> Settings:
    """What an entry of prefect.yaml sets.

    Raises:
        UpError: it has a schedule of no known kind.
    """
    limit = entry.get("concurrency_limit")
    found: Settings = {
        ("paused",): bool(entry.get("paused")),
        ("tags",): sorted(entry.get("tags") or []),
        ("description",): entry.get("description"),
        **_below(("concurrency_limit",), limit if isinstance(limit, Mapping) else {"limit": limit}),
        **_below(("parameters",), entry.get("parameters")),
        **_variables(entry.get("work_pool", {}).get("job_variables")),
    }
    for schedule in entry.get("schedules") or []:
        kind = next((model for key, model in _KINDS.items() if key in schedule), None)
        if kind is None:
            raise UpError(f"schedule {schedule['slug']} of {entry['name']} has none of cron, interval and rrule")
        when = kind(**{key: value for key, value in schedule.items() if key in kind.model_fields})
        found |= _schedule(schedule["slug"], when, schedule.get("parameters"), active=schedule.get("active", True))
    return plain(found)


def settings_on_server(deployment: DeploymentResponse) -> Settings:
    """What a server has for a deployment."""
    limit, options = deployment.global_concurrency_limit, deployment.concurrency_options
    found: Settings = {
        ("paused",): deployment.paused,
        ("tags",): sorted(deployment.tags),
        ("description",): deployment.description,
        ("concurrency_limit", "limit"): limit.limit if limit else None,
        **_below(("concurrency_limit",), options.model_dump(mode="json", exclude_unset=True) if options else {}),
        **_below(("parameters",), deployment.parameters),
        **_variables(deployment.job_variables),
    }
    for schedule in deployment.schedules:
        # What is made in the UI has no name yet; Prefect would drop it with the next change of the file's.
        slug = schedule.slug or f"in-ui-{str(schedule.id)[:8]}"
        found |= _schedule(slug, schedule.schedule, schedule.parameters, active=schedule.active)
    return plain(found)


def merge(entry: Mapping[str, Any], now: Settings, last: Settings | None) -> Merged:
    """An entry with what people have set since the file was `last` deployed; where that is unknown, all that differs.

    What they have set stays also where the file says something new. What the file has dropped goes in any case.
    """
    file = settings_in_file(entry)
    dropped = _slugs(file if last is None else last) - _slugs(file)
    kept = {
        place: value
        for place, value in set_by_people(now, last, file).items()
        if not (place[0] == "schedules" and place[1] in dropped) and not _is_filled_in(place, file)
    }
    return Merged(_entry(entry, {**file, **kept}), kept)


def _is_filled_in(place: Place, file: Settings) -> bool:
    """Whether Prefect puts something there itself: the flow's own description, or what a template stands for."""
    return (place == ("description",) and place not in file) or "{{" in json.dumps(file.get(place))


def _entry(entry: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """An entry with other settings; what is no setting of people's stays as the file has it."""
    made: dict[str, Any] = {**entry, "parameters": {}, "concurrency_limit": {}, "schedules": {}}
    made["work_pool"] = {**entry.get("work_pool", {}), "job_variables": {}}
    for place, value in settings.items():
        if value is not NOT_SET:
            inner = made
            for step in place[:-1]:
                inner = inner.setdefault(step, {})
            inner[place[-1]] = value
    schedules = {slug: each for slug, each in made["schedules"].items() if "when" in each}
    made["schedules"] = [{**each.pop("when"), **each, "slug": slug} for slug, each in schedules.items()]
    if made["concurrency_limit"].get("limit") is None:
        del made["concurrency_limit"]
    return made


def _schedule(slug: str, when: BaseModel, parameters: Mapping[str, Any] | None, *, active: bool) -> Settings:
    found: Settings = {
        ("schedules", slug, "when"): when.model_dump(mode="json", exclude_none=True),
        ("schedules", slug, "active"): active,
    }
    return found | ({("schedules", slug, "parameters"): dict(parameters)} if parameters else {})


def _variables(variables: Mapping[str, Any] | None) -> Settings:
    """Job variables, those of the environment one by one."""
    own = dict(variables or {})
    environment = own.pop("env", None)
    where = ("work_pool", "job_variables")
    return {**_below(where, own), **_below((*where, "env"), environment)}


def _below(where: Place, values: Mapping[str, Any] | None) -> Settings:
    return {(*where, name): value for name, value in (values or {}).items()}


def _slugs(settings: Settings) -> set[str]:
    return {place[1] for place in settings if place[0] == "schedules"}


def _there(client: SyncPrefectClient) -> dict[str, DeploymentResponse]:
    found: dict[str, DeploymentResponse] = {}
    while page := client.read_deployments(limit=200, offset=len(found)):
        found |= {name_of(deployment.entrypoint, deployment.name): deployment for deployment in page}
        if len(page) < 200:
            break
    return found


def _deploy_as(config: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Have Prefect deploy all of a prefect.yaml."""
    # With IMR_HOME set Prefect would write this machine's folder into the deployments, for workers everywhere.
    without_home = {name: value for name, value in (os.environ | dict(environment)).items() if name != "IMR_HOME"}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        yaml.safe_dump(dict(config), file, sort_keys=False)
        file.flush()
        command = (*PREFECT, "--no-prompt", "deploy", "--all", "--prefect-file", file.name)
        done = subprocess.run(command, cwd=PROJECT, env=without_home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UpError(f"the deployments could not be made: {(done.stdout + done.stderr).strip()[-500:]}")


def _remove(
    client: SyncPrefectClient, dropped: Mapping[str, DeploymentResponse], merged: Mapping[str, Merged]
) -> list[str]:
    """Remove deployments and schedules that the file has no more."""
    said = []
    for name, deployment in dropped.items():
        client.delete_deployment(deployment.id)
        said.append(f"{name} is removed: prefect.yaml has it no more")
    for name, deployment in _there(client).items():
        if name in merged:
            wanted = {schedule["slug"] for schedule in merged[name].entry.get("schedules") or []}
            for schedule in deployment.schedules:
                if schedule.slug not in wanted:
                    client.delete_deployment_schedule(deployment.id, schedule.id)
                    said.append(f"{name}: schedule {schedule.slug or ''} is removed: prefect.yaml does not have it")
    return said


def _kept(name: str, place: Place, merged: Merged, entry: Mapping[str, Any]) -> str:
    """A sentence on a difference. What may hold a credential (parameters, variables) is named without its value."""
    shown = place[0] not in {"parameters", "work_pool"} or place[-1].startswith("IMR_LAKE")
    what = f"{name}: {'.'.join(place[1:] if place[0] == 'work_pool' else place)}"
    return difference(what, merged.kept[place], settings_in_file(entry).get(place, NOT_SET), FILE.name, shown=shown)
