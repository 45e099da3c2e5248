"""The image, its users and its size agree with the code that it holds and with those who start it."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest
import yaml

from imr.cli.options import DEFAULT_LAKE
from imr.workers.batch import FileLimits
from tests.deploy.helpers import (
    CPUS,
    FILES,
    HOME,
    IMAGE,
    KUBERNETES,
    LAKE,
    MEMORY,
    PROJECT,
    ROOT,
    USER,
    compose,
    defaults,
    env_example,
    image_environment,
    instruction,
    manifest,
    pod,
    pods,
    prefect_yaml,
    size,
)


def test_the_image_is_called_the_same_everywhere() -> None:
    named = [
        found.removesuffix(".")
        for file in FILES
        for found in re.findall(r"imr-letters:[\w.]+", file.read_text("utf-8"))
    ]
    assert len(named) >= 6
    assert set(named) == {IMAGE}
    (image,) = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text("utf-8"))["images"]
    assert image == dict(zip(("name", "newName", "newTag"), (IMAGE.split(":")[0], *IMAGE.split(":")), strict=True))
    assert {pod(name)["containers"][0]["image"] for name in ("server", "worker")} == {image["name"]}
    assert {s["image"] for n, s in compose()["services"].items() if n != "database"} == {IMAGE}
    assert defaults("docker")["image"] == defaults("kubernetes")["image"] == IMAGE


def test_the_image_holds_what_the_flows_need() -> None:
    copied = {word for words in instruction("COPY") for word in words.split()[:-1]}
    assert all((ROOT / path).exists() for path in copied)
    for words in instruction("COPY"):
        assert words.split()[-1] in {"./", *words.split()[:-1]}
    assert instruction("RUN")[0] == (
        "apt-get update && apt-get install --yes --no-install-recommends tini "
        f"&& rm -rf /var/lib/apt/lists/* && useradd --uid {USER} --create-home imr"
    )
    assert instruction("ENTRYPOINT") == ['["tini", "--"]']
    assert instruction("CMD") == ['["imr", "--help"]']
    rooms = set(PROJECT["tool"]["importlinter"]["root_packages"])
    assert copied == rooms | {
        "pyproject.toml",
        "constraints.txt",
        "prefect.yaml",
        "README.md",
        "LICENSE",
        "deploy/pools",
    }
    (installed,) = [words for words in instruction("RUN") if "pip install" in words]
    (extras,) = re.findall(r'--constraint constraints\.txt --editable "\.\[(.+?)]"', installed)
    assert set(extras.split(",")) <= PROJECT["project"]["optional-dependencies"].keys()
    assert {"flows", "ocr"} <= set(extras.split(","))
    assert f"compileall -q {' '.join(sorted(rooms - {'imr'}))} imr" in installed


@pytest.mark.parametrize("package", ["prefect-docker", "prefect-kubernetes"])
def test_the_image_has_the_workers_that_are_tested(package: str) -> None:
    (pinned,) = re.findall(rf"{package}==(\S+)", " ".join(instruction("RUN")))
    constraints = dict(re.findall(r"^(\S+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE))
    assert constraints.get(package, pinned) == pinned
    try:
        assert version(package) == pinned
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed")


def test_the_image_stands_where_the_deployments_look_for_it() -> None:
    (step,) = prefect_yaml()["pull"]
    assert step == {"prefect.deployments.steps.set_working_directory": {"directory": "{{ $IMR_HOME }}"}}
    assert instruction("WORKDIR") == [HOME]
    assert image_environment() == {
        "IMR_HOME": HOME,
        "IMR_LAKE": LAKE,
        "PREFECT_HOME": "/tmp/prefect",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    assert f"{HOME}/{DEFAULT_LAKE}" == LAKE
    (run,) = [words for words in instruction("RUN") if "pip install" in words]
    assert f"mkdir --parents {DEFAULT_LAKE}/landing && chown --recursive imr:imr {DEFAULT_LAKE}" in run
    for deployment in prefect_yaml()["deployments"]:
        assert all(source.startswith("data_lake/") for source in deployment.get("parameters", {}).get("sources", []))


def test_nobody_is_root() -> None:
    assert instruction("USER") == [f"{USER}:{USER}"]
    assert f"useradd --uid {USER} --create-home imr" in instruction("RUN")[0]
    for name, spec, _ in pods():
        user = 999 if name == "database" else USER  # 999 is the official PostgreSQL image's
        own = {
            "runAsNonRoot": True,
            "runAsUser": user,
            "runAsGroup": user,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        group = {"fsGroup": user, "fsGroupChangePolicy": "OnRootMismatch"} if writes(spec) else {}
        assert spec["securityContext"] == own | group, name
        (container,) = spec["containers"]
        fenced = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        assert container["securityContext"] == fenced, name
        assert spec["enableServiceLinks"] is False
        assert spec.get("automountServiceAccountToken") is (None if name == "worker" else False)
    assert manifest("Namespace", "imr")["metadata"]["labels"] == {"pod-security.kubernetes.io/enforce": "restricted"}
    assert defaults("docker")["container_create_kwargs"] == {
        "nano_cpus": CPUS * 10**9,
        "read_only": True,
        "tmpfs": {"/tmp": ""},
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    for name, service in compose()["services"].items():
        assert service["security_opt"] == ["no-new-privileges:true"]
        if name != "database":
            assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])


def writes(spec: dict[str, Any]) -> bool:
    """Whether a pod has a disk that outlives it."""
    names = {m["name"] for m in spec["containers"][0]["volumeMounts"]}
    return bool(names & {"lake", "data"})


def test_memory_and_cpus_go_together() -> None:
    """A worker process per CPU, each with all that it may take, and as much again as one for the run itself."""
    each = FileLimits().memory_bytes
    assert (CPUS + 1) * each <= MEMORY
    docker, kubernetes, service = defaults("docker"), defaults("kubernetes"), compose()["services"]["worker"]
    assert (env_example()["IMR_CPUS"], size(env_example()["IMR_MEMORY"])) == (str(CPUS), MEMORY)
    assert (service["cpus"], size(service["mem_limit"]), size(service["memswap_limit"])) == (str(CPUS), MEMORY, MEMORY)
    assert (size(docker["mem_limit"]), size(docker["memswap_limit"])) == (MEMORY, MEMORY)
    assert (kubernetes["cpu_limit"], size(kubernetes["memory_limit"])) == (str(CPUS), MEMORY)
    assert size(kubernetes["memory_request"]) <= MEMORY
    assert docker["env"] == kubernetes["env"] == {"PYTHON_CPU_COUNT": str(CPUS)}
    (image,) = instruction("ARG")
    assert image == "PYTHON_IMAGE=python:3.13-slim-trixie"
    assert instruction("FROM") == ["${PYTHON_IMAGE}"]
