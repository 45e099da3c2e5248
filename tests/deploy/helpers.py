"""The deploy files as the tests read them, and what the project says they should agree with."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from commands.local_prefect.guard import SERVER_NAMES

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IMAGE = f"imr-letters:{PROJECT['project']['version']}"
HOME = "/srv/imr"
LAKE = f"{HOME}/data_lake"
USER = 10001
CPUS, MEMORY = 2, 6 << 30
TOP = (
    "Dockerfile",
    "Dockerfile.dockerignore",
    "compose.yaml",
    "compose.docker-pool.yaml",
    ".env.example",
    ".gitignore",
    "README.md",
)
FILES = [*(DEPLOY / name for name in TOP), *sorted(KUBERNETES.iterdir()), *sorted((DEPLOY / "pools").iterdir())]

API = "http://server:4200/api"
UI = "http://127.0.0.1:4200/api"
SERVED = [
    *("python", "-m", "uvicorn", "--factory", "commands.local_prefect.prefect_server:create_app"),
    *("--lifespan=on", "--log-level=warning", "--host=0.0.0.0", "--port=4200"),
]
DATABASE = {
    "PREFECT_SERVER_DATABASE_DRIVER": "postgresql+asyncpg",
    "PREFECT_SERVER_DATABASE_HOST": "database",
    "PREFECT_SERVER_DATABASE_PORT": "5432",
    "PREFECT_SERVER_DATABASE_NAME": "prefect",
    "PREFECT_SERVER_DATABASE_USER": "prefect",
}
SHOWN = {"PREFECT_SERVER_UI_API_URL": UI, "PREFECT_SERVER_UI_STATIC_DIRECTORY": "/tmp/prefect-ui"}
SECRET = {"secretKeyRef": {"name": "prefect-database", "key": "password"}}
AUTH = {"secretKeyRef": {"name": "prefect-server", "key": "auth-string"}}
GUARD = {
    "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "http://127.0.0.1:4200,http://localhost:4200",
    "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
    SERVER_NAMES: "127.0.0.1,localhost,server",
}


def prefect_yaml() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))


def work_pool() -> dict[str, Any]:
    """The pool that the deployments name: one, whatever its type."""
    pools = [deployment["work_pool"] for deployment in prefect_yaml()["deployments"]]
    assert all(pool == pools[0] for pool in pools)
    return pools[0]


POOL = work_pool()["name"]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with its words in one line."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line.strip()]


def instruction(name: str) -> list[str]:
    return [words for keyword, words in instructions() if keyword == name]


def image_environment() -> dict[str, str]:
    pairs = " ".join(instruction("ENV")).split()
    return dict(pair.split("=", 1) for pair in pairs)


def env_example() -> dict[str, str]:
    lines = (DEPLOY / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated(text: str, values: dict[str, str]) -> str:
    """A compose file with its ${NAME:-default} and ${NAME:?reason} filled in, as `docker compose` does it."""

    def fill(match: re.Match[str]) -> str:
        name, operator, rest = match.groups()
        return values.get(name) or (rest if operator == ":-" else values[name])

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", fill, text)


GIVEN = {"IMR_DATABASE_PASSWORD": "given", "IMR_PREFECT_SECRET": "imr:given", "IMR_DOCKER_GROUP": "999"}
"""What deploy/.env says to the tests."""


def compose(name: str = "compose.yaml") -> dict[str, Any]:
    return yaml.safe_load(interpolated((DEPLOY / name).read_text(encoding="utf-8"), GIVEN))


def template(kind: str) -> dict[str, Any]:
    return json.loads((DEPLOY / "pools" / f"{kind}.json").read_text(encoding="utf-8"))


def defaults(kind: str) -> dict[str, Any]:
    """What a run of a pool gets unless its deployment says otherwise."""
    return {k: v["default"] for k, v in template(kind)["variables"]["properties"].items() if "default" in v}


def manifests() -> list[dict[str, Any]]:
    """Every Kubernetes object of ours, kustomization.yaml apart."""
    files = sorted(KUBERNETES.glob("*.yaml"))
    return [
        document
        for file in files
        if file.name != "kustomization.yaml"
        for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]


def manifest(kind: str, name: str) -> dict[str, Any]:
    (found,) = [m for m in manifests() if m["kind"] == kind and m["metadata"]["name"] == name]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Every pod that runs in the cluster: its name, its specification, its labels."""
    for m in manifests():
        if m["kind"] == "Pod":
            yield m["metadata"]["name"], m["spec"], m["metadata"]["labels"]
        elif "template" in m.get("spec", {}):
            pod = m["spec"]["template"]
            yield m["metadata"]["name"], pod["spec"], pod["metadata"]["labels"]
    job = template("kubernetes")["job_configuration"]["job_manifest"]["spec"]["template"]["spec"]
    yield "flow-run", job, defaults("kubernetes")["labels"]


def pod(name: str) -> dict[str, Any]:
    (found,) = [spec for called, spec, _ in pods() if called == name]
    return found


def container_environment(spec: dict[str, Any]) -> dict[str, Any]:
    entries = spec["containers"][0].get("env", [])
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}


def every_value(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every scalar of a document with the keys that lead to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from every_value(value, (*path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from every_value(value, (*path, str(index)))
    else:
        yield path, node


def size(text: str) -> int:
    """Bytes of a memory size as Docker (6g) and Kubernetes (6Gi) write it."""
    number, unit = re.fullmatch(r"(\d+)([mMgG])i?", text).groups()  # type: ignore[union-attr]
    return int(number) << {"m": 20, "g": 30}[unit.lower()]


def worker_command(kind: str, name: str, *more: str) -> list[str]:
    """What starts a worker on our pool."""
    return ["prefect", "worker", "start", "--pool", POOL, "--type", kind, "--name", name, *more, "--with-healthcheck"]
