"""Settings have the names that Prefect gives them, and no file holds a secret."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings import Settings

from tests.deploy.helpers import (
    AUTH,
    DEPLOY,
    FILES,
    SECRET,
    container_environment,
    defaults,
    env_example,
    every_value,
    image_environment,
    pod,
)


def test_every_variable_of_compose_is_in_the_example() -> None:
    text = "".join((DEPLOY / name).read_text("utf-8") for name in ("compose.yaml", "compose.docker-pool.yaml"))
    assert set(re.findall(r"\$\{(\w+)", text)) == env_example().keys()
    assert set(re.findall(r":\?([^}]+)\}", text)) == {"is to be set in deploy/.env"}


SETTING = re.compile(r"\bPREFECT_[A-Z][A-Z_]+\b")


def known_settings() -> set[str]:
    """The names of all of Prefect's settings as environment variables."""

    def names(model: Any, path: tuple[str, ...]) -> set[str]:
        found = set()
        for name, field in model.model_fields.items():
            inner = field.annotation
            if hasattr(inner, "model_fields"):
                found |= names(inner, (*path, name))
            else:
                found.add("_".join(("prefect", *path, name)).upper())
        return found

    return names(Settings, ())


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix != ".json"], ids=lambda file: file.name)
def test_a_setting_that_is_named_is_one_of_prefects(file: Path) -> None:
    named = set(SETTING.findall(file.read_text("utf-8")))
    ours = {name for name in named if name.startswith("PREFECT_INTEGRATIONS_KUBERNETES_")}
    # Of the integration's own settings, which this environment need not have, three are used.
    secret = "PREFECT_INTEGRATIONS_KUBERNETES_WORKER_API_AUTH_STRING_SECRET"
    assert ours <= {"PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES", f"{secret}_NAME", f"{secret}_KEY"}
    assert named - ours <= known_settings()


def test_the_kubernetes_worker_knows_the_setting_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = pytest.importorskip("prefect_kubernetes.settings", reason="prefect-kubernetes is not installed")
    for name, value in container_environment(pod("worker")).items():
        monkeypatch.setenv(name, str(value))
    known = settings.KubernetesSettings()
    assert known.observer.namespaces == {"imr"}
    named = {"name": known.worker.api_auth_string_secret_name, "key": known.worker.api_auth_string_secret_key}
    assert {"secretKeyRef": named} == AUTH


SECRETIVE = re.compile("PASSWORD|SECRET|TOKEN|KEY|AUTH", re.IGNORECASE)
WITHHELD = re.compile(r"\$\{\w+:\?is to be set in deploy/\.env\}")


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix == ".yaml"], ids=lambda file: file.name)
def test_no_file_holds_a_secret(file: Path) -> None:
    """What is called a password has no value here: it is a reference, or the caller's to give."""
    for document in yaml.safe_load_all(file.read_text("utf-8")):
        for path, value in every_value(document):
            elsewhere = "secretKeyRef" in path or "matchExpressions" in path or isinstance(value, bool)
            if SECRETIVE.search(path[-1]) and not elsewhere:
                assert WITHHELD.fullmatch(str(value)), path
            assert not re.search(r"://[^/@\s]*:[^/@\s]+@", str(value)), path


def test_no_other_file_holds_a_secret_either() -> None:
    for name in ("database", "server", "worker", "lake-shell"):
        given = container_environment(pod(name))
        kept = {
            key: value for key, value in given.items() if SECRETIVE.search(key) and "AUTH_STRING_SECRET_" not in key
        }
        assert all(value in (SECRET, AUTH) for value in kept.values())
    assert env_example()["IMR_DATABASE_PASSWORD"] == env_example()["IMR_PREFECT_SECRET"] == ""
    assert not [name for name in image_environment() if SECRETIVE.search(name)]
    for kind in ("docker", "kubernetes"):
        assert not [name for name in defaults(kind)["env"] if SECRETIVE.search(name)]
        assert "registry_credentials" not in {k for k, v in defaults(kind).items() if v}
    assert (DEPLOY / ".gitignore").read_text("utf-8").split() == [".env"]
