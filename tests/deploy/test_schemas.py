"""Each file against the schema of whoever reads it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from prefect.utilities.templating import find_placeholders

from tests.deploy.helpers import (
    DEPLOY,
    FILES,
    GIVEN,
    KUBERNETES,
    ROOT,
    compose,
    defaults,
    instructions,
    manifests,
    template,
    work_pool,
)

BY_HAND = ("dask.yaml", "lake-shell.yaml")
"""Manifests that are no part of the whole."""

KUBERNETES_VERSIONS = ["1.31", "1.34", "1.37"]
PROVIDED = {"PREFECT_API_URL": "http://server:4200/api"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_of_a_kind_that_is_tested_and_parses(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.endswith("\n")
    match file.suffix or file.name:
        case ".yaml":
            assert list(yaml.safe_load_all(text))
        case ".json":
            assert json.dumps(json.loads(text), indent=2) + "\n" == text
        case "Dockerfile":
            known = {"ARG", "FROM", "RUN", "ENV", "WORKDIR", "COPY", "USER", "ENTRYPOINT", "CMD"}
            assert {keyword for keyword, _ in instructions()} == known
        case other:
            assert other in {".dockerignore", ".example", ".md", ".gitignore"}


@pytest.mark.parametrize("name", ["compose.yaml", "compose.docker-pool.yaml"])
def test_a_compose_file_keeps_to_the_compose_specification(name: str) -> None:
    compose_spec = pytest.importorskip("compose_spec", reason="compose-spec is not installed")
    data = compose(name)
    for service in data["services"].values():
        if "cpus" in service:  # this library takes numbers alone, where Docker takes strings as well
            service["cpus"] = float(service["cpus"])
    compose_spec.PyCompose.from_yaml(yaml.safe_dump(data))


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_the_manifests_keep_to_the_schemas_of_kubernetes(version: str) -> None:
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    for manifest in manifests():
        kubernetes_validate.validate(manifest, version, strict=True)


def test_kustomize_builds_every_manifest_into_our_namespace() -> None:
    resources = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    apart = {"kustomization.yaml", *BY_HAND}
    assert sorted(resources) == sorted({file.name for file in KUBERNETES.iterdir()} - apart)


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_what_kustomize_builds() -> None:
    done = subprocess.run(["kubectl", "kustomize", str(KUBERNETES)], capture_output=True, text=True, check=True)
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == len([m for m in manifests() if "namespace" not in m["metadata"]])  # others are made by hand
    assert {m["metadata"].get("namespace", m["metadata"]["name"]) for m in built} == {"imr"}
    assert {m["metadata"]["labels"]["app.kubernetes.io/part-of"] for m in built} == {"imr"}
    (binding,) = [m for m in built if m["kind"] == "RoleBinding"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "worker", "namespace": "imr"}]


@pytest.mark.parametrize("kind", ["docker", "kubernetes"])
def test_a_pool_template_uses_the_variables_it_declares(kind: str) -> None:
    """Prefect leaves out in silence what a placeholder names and no variable has."""
    data = template(kind)
    used = {placeholder.name for placeholder in find_placeholders(data["job_configuration"])}
    assert used == data["variables"]["properties"].keys()
    Draft202012Validator.check_schema(data["variables"])
    Draft202012Validator(data["variables"]).validate(defaults(kind))


def plain(kind: str) -> dict[str, Any]:
    """The template that Prefect itself has for a kind of pool."""
    if kind == "docker":
        worker: Any = pytest.importorskip("prefect_docker.worker", reason="prefect-docker is not installed")
        return worker.DockerWorker.get_default_base_job_template()
    worker = pytest.importorskip("prefect_kubernetes.worker", reason="prefect-kubernetes is not installed")
    return worker.KubernetesWorker.get_default_base_job_template()


@pytest.mark.parametrize("kind", ["docker", "kubernetes"])
def test_a_pool_template_is_prefects_own_with_other_defaults(kind: str) -> None:
    ours, theirs = template(kind)["variables"], plain(kind)["variables"]
    for properties in (ours["properties"], theirs["properties"]):
        for variable in properties.values():
            variable.pop("default", None)
    assert ours == theirs


def rendered(configuration: Any, kind: str) -> Any:
    """What a worker makes of our template and the deployments' variables. Without blocks in them it needs no server."""
    values = work_pool()["job_variables"]
    return asyncio.run(configuration.from_template_and_values(template(kind), values, client=object()))


def test_a_docker_run_as_prefects_worker_makes_it() -> None:
    worker = pytest.importorskip("prefect_docker.worker", reason="prefect-docker is not installed")
    values = work_pool()["job_variables"]
    made = rendered(worker.DockerWorkerJobConfiguration, "docker")
    assert made.env == {**defaults("docker")["env"], **values["env"]}
    assert {"image", "networks", "volumes", "mem_limit", "container_create_kwargs"} <= defaults("docker").keys()
    for name, value in defaults("docker").items():
        if name != "env":
            assert getattr(made, name) == value, name


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
def test_a_kubernetes_run_as_prefects_worker_makes_it(version: str) -> None:
    worker = pytest.importorskip("prefect_kubernetes.worker", reason="prefect-kubernetes is not installed")
    kubernetes_validate = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    values = work_pool()["job_variables"]
    made = rendered(worker.KubernetesWorkerJobConfiguration, "kubernetes")
    made.env |= PROVIDED
    made._populate_env_in_manifest()
    made._populate_command_if_not_present()
    job = made.job_manifest
    for misplaced in ("completions", "parallelism"):  # Prefect asks for them here, Kubernetes passes over them
        del job["spec"]["template"]["spec"][misplaced]
    job["metadata"]["annotations"] = {}
    job["metadata"]["generateName"] = "run-"
    kubernetes_validate.validate(job, version, strict=True)
    (container,) = job["spec"]["template"]["spec"]["containers"]
    given = {**defaults("kubernetes")["env"], **values["env"], **PROVIDED}
    assert {entry["name"]: entry["value"] for entry in container["env"]} == given
    assert container["image"] == defaults("kubernetes")["image"]
    assert job["spec"]["backoffLimit"] == 0
    assert job["metadata"]["namespace"] == "imr"


@pytest.mark.skipif(not shutil.which("docker"), reason="docker is not installed")
def test_docker_compose_takes_the_files() -> None:
    environment = {**os.environ, **GIVEN}
    files = [f"--file={DEPLOY / name}" for name in ("compose.yaml", "compose.docker-pool.yaml")]
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker has no compose plugin here")
    done = subprocess.run(
        ["docker", "compose", *files, "config", "--format", "json"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["services"].keys() == compose()["services"].keys()
