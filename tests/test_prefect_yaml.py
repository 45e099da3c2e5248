"""The deployments file against Prefect's own models, with unknown keys refused: Prefect itself ignores typos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.cli.deploy._models import (
    ConcurrencyLimitSpec,
    DeploymentConfig,
    PrefectYamlModel,
    RawScheduleConfig,
    WorkPoolConfig,
)
from prefect.client.schemas.objects import ConcurrencyLimitStrategy
from prefect.flows import load_flow_from_entrypoint
from pydantic import BaseModel

ROOT = Path(__file__).parent.parent
NESTED: dict[str, type[BaseModel]] = {
    "deployments": DeploymentConfig,
    "work_pool": WorkPoolConfig,
    "concurrency_limit": ConcurrencyLimitSpec,
    "schedules": RawScheduleConfig,
}
ANCHORS = "definitions"  # holds what the deployments share; no key of Prefect's


def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))


def unknown_keys(data: dict[str, Any], model: type[BaseModel], where: str = "") -> Iterator[str]:
    known = {name for key, field in model.model_fields.items() for name in (key, field.alias) if name}
    for key, value in data.items():
        if key not in known and not (model is PrefectYamlModel and key == ANCHORS):
            yield f"{where}{key}"
        elif key in NESTED:
            for entry in value if isinstance(value, list) else [value]:
                yield from unknown_keys(entry, NESTED[key], f"{where}{key}.")


def test_the_file_holds_no_key_that_prefect_does_not_know() -> None:
    assert list(unknown_keys(config(), PrefectYamlModel)) == []
    PrefectYamlModel.model_validate(config())


@pytest.mark.parametrize(
    ("path", "typo"),
    [
        pytest.param((), "deploymentz", id="at the top"),
        pytest.param(("deployments", 0), "schedulez", id="in a deployment"),
        pytest.param(("deployments", 0, "work_pool"), "queue", id="in a work pool"),
        pytest.param(("deployments", 0, "schedules", 0), "timezon", id="in a schedule"),
        pytest.param(("deployments", 0, "concurrency_limit"), "colision_strategy", id="in a limit"),
    ],
)
def test_a_typo_is_found(path: tuple[str | int, ...], typo: str) -> None:
    data = config()
    place: Any = data
    for step in path:
        place = place[step]
    place[typo] = "x"
    assert {key.rpartition(".")[2] for key in unknown_keys(data, PrefectYamlModel)} == {typo}


@pytest.mark.parametrize("deployment", config()["deployments"], ids=lambda deployment: deployment["name"])
def test_a_deployment_can_run(deployment: dict[str, Any]) -> None:
    """Its flow can be imported, takes its parameters as they are typed, and its strategy exists."""
    module, name = deployment["entrypoint"].split(":")
    flow = load_flow_from_entrypoint(f"{ROOT / module}:{name}")
    assert flow.validate_parameters(deployment.get("parameters", {})).keys() <= flow.parameters.properties.keys()
    assert ConcurrencyLimitStrategy(deployment["concurrency_limit"]["collision_strategy"])


def test_there_is_a_scheduled_daily_deployment_and_a_manual_one() -> None:
    schedules = {entry["name"]: entry.get("schedules", []) for entry in config()["deployments"]}
    assert schedules["manual"] == []
    (daily,) = schedules["daily"]
    assert daily["active"] is True
    assert daily["timezone"] == "America/Los_Angeles"
    assert len(daily["cron"].split()) == 5
