"""Every command of the files and of their README is one that its program takes, about things that are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest
import typer.main
from prefect.cli._app import _app

from imr.cli.main import app
from tests.deploy.helpers import (
    AUTH,
    DEPLOY,
    HOME,
    IMAGE,
    KUBERNETES,
    POOL,
    ROOT,
    SECRET,
    compose,
    manifests,
    pods,
    prefect_yaml,
)

README = (DEPLOY / "README.md").read_text(encoding="utf-8")
LINES = [
    line for block in re.findall(r"^```\n(.+?)^```", README, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
SEPARATE = re.compile(r"\s+#.*$|\s+&$")
SERVICES = compose()["services"] | compose("compose.docker-pool.yaml")["services"]


def commands() -> Iterator[list[str]]:
    """All commands of the README, of the compose services and of the pods, each as its words."""
    lines = [SEPARATE.sub("", line) for line in LINES]
    words = [shlex.split(line) for line in lines]
    for name in ("compose.yaml", "compose.docker-pool.yaml"):
        for service in compose(name)["services"].values():
            command = service.get("command", [])
            shell = command[:2] == ["sh", "-ec"]
            words += [shlex.split(line) for line in command[2].splitlines()] if shell else [command]
    words += [
        container["args"]
        for _, spec, _ in pods()
        for container in spec["containers"]
        if "{{" not in container.get("args", "{{")
    ]
    yield from filter(None, words)


def of(program: str) -> list[list[str]]:
    """What follows a program's name in all commands that have it, also within those of another."""
    found = [words[words.index(program) + 1 :] for words in commands() if program in words and "install" not in words]
    return [words for words in found if words and words not in (["prefect"], ["--pwprompt"])]


def readable(words: list[list[str]]) -> list[object]:
    return [pytest.param(each, id=" ".join(each)[:60]) for each in {tuple(w): w for w in words}.values()]


PREFECT = [w for w in of("prefect") if w[0] not in {"prefect", "--owner"}]


@pytest.mark.parametrize("words", readable(PREFECT))
def test_prefect_takes_the_command(words: list[str]) -> None:
    if words[0] == "--no-prompt":  # an option of all commands, which is taken off before them
        words = words[1:]
    _, bound, left = _app.parse_known_args(words)[:3]
    assert left == []
    given = bound.arguments
    if words[0] in {"work-pool", "worker"}:
        assert given.get("work_pool_name", given.get("name")) == POOL
    if words[:2] == ["deployment", "run"]:
        assert given["name"] == "letters/manual"
        assert "manual" in {deployment["name"] for deployment in prefect_yaml()["deployments"]}
    if "concurrency_limit" in given:
        assert given["concurrency_limit"] == 1  # a lake has one writer
    if "base_job_template" in given:
        kind = given["type"]
        assert given["base_job_template"] == f"deploy/pools/{kind}.json"


def test_there_are_commands() -> None:
    assert len(PREFECT) > 20
    pools = [words for words in PREFECT if words[:2] == ["work-pool", "create"]]
    assert {words[words.index("--type") + 1] for words in pools} == {"process", "docker", "kubernetes"}
    assert len(of("imr")) >= 3


@pytest.mark.parametrize("words", readable([w for w in of("imr") if w == ["status"]]))
def test_imr_takes_the_command(words: list[str]) -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    name, command, rest = group.resolve_command(group.make_context("imr", list(words), resilient_parsing=True), words)  # type: ignore[attr-defined]
    assert name == words[0]
    # Its words alone: the lake that it names is on another machine.
    _, left, _ = command.make_parser(command.context_class(command)).parse_args(list(rest))
    assert left == []


def test_what_a_command_names_is_there() -> None:
    text = "\n".join(LINES)
    assert all((ROOT / path).exists() for path in re.findall(r"deploy/[\w./-]*\w", text.replace("deploy/.env ", " ")))
    named = set(re.findall(r"`([\w./-]+\.(?:yaml|json|md|toml)|kubernetes/|pools/[\w.]+)`", README))
    assert named
    for name in named:
        assert any((folder / name).exists() for folder in (ROOT, DEPLOY, KUBERNETES)), name
    for line in (line for line in LINES if line.startswith("docker compose")):
        assert set(re.findall(r" (?:exec|run --rm|stop|cp \S+) (\w+)", line)) <= SERVICES.keys()
    landing = f"{HOME}/data_lake/landing"
    assert set(re.findall(r"(\w+):(/srv\S+)", text)) == {("worker", landing), ("shell", landing)}
    assert set(re.findall(r"--tag (\S+)", text)) == {IMAGE}


def test_kubectl_is_given_what_the_manifests_have() -> None:
    known = {f"{m['kind'].lower()}/{m['metadata']['name']}" for m in manifests()}
    words = of("kubectl")
    assert len(words) >= 9
    for line in words:
        text = " ".join(line)
        for found in re.findall(r"\b(deployment|service|pod)[/ ]([\w-]+)", text):
            assert "/".join(found) in known, text
        assert set(re.findall(r"--namespace (\S+)|namespace (\S+)$", text)) <= {("imr", ""), ("", "imr")}
    secret = next(line for line in words if "secret" in line)
    assert "generic prefect-database --from-literal=password=$(openssl rand -hex 24)" in " ".join(secret)
    made = {word for line in words if line[2:4] == ["create", "secret"] for word in line}
    assert {SECRET["secretKeyRef"]["name"], AUTH["secretKeyRef"]["name"]} <= made
    assert f"--from-literal={AUTH['secretKeyRef']['key']}=imr:$(openssl rand -hex 32)" in made
    assert "4200:4200" in next(line for line in words if "port-forward" in line)
