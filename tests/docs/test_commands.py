"""Whatever the pages tell people to type exists: subcommands with their options, make's targets, modules, deployments."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from imr.cli.main import app
from tests.docs.pages import FORMS, PAGES, ROOT, code_of, name_of, text_of

COMING = {"check"}
"""Targets of make that the pages name already and that come with another change."""

Called = tuple[tuple[str, ...], tuple[str, ...]]
"""A subcommand as it is named, and the options that it is given."""

_CALL = re.compile(r"(?:^|(?<!namespace)[\s;(/])imr ((?:[a-z]+ ?)+)(.*)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
_GROUP = typer.main.get_command(app)


def calls(lines: Iterable[str]) -> Iterator[Called]:
    """The calls of `imr` in lines of code."""
    for line in lines:
        if call := _CALL.search(line.partition(" #")[0].partition(" |")[0]):
            words = call[1].split()
            yield tuple(words[: 2 if words[0] == "quarantine" else 1]), tuple(_OPTION.findall(call[2]))


def command(words: Iterable[str]) -> Any:
    """The subcommand of that name; None if there is none."""
    found: Any = _GROUP
    for word in words:
        context = typer.Context(found)
        found = found.get_command(context, word) if hasattr(found, "get_command") else None
        if found is None:
            return None
    return found


def unknown(called: Iterable[Called]) -> list[str]:
    """What is called and does not exist."""
    wrong = []
    for words, options in called:
        found = command(words)
        if found is None:
            wrong.append(" ".join(words))
            continue
        known = {name for each in found.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
        wrong += [f"{' '.join(words)} {option}" for option in options if option not in known]
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_subcommand_and_option_exists(page: Path) -> None:
    assert unknown(calls(code_of(text_of(page)))) == []


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_every_subcommand_of_an_issue_form_exists(form: Path) -> None:
    assert unknown(calls(re.findall(r"imr \w+", form.read_text(encoding="utf-8")))) == []


def test_what_does_not_exist_is_seen() -> None:
    lines = ["imr run FOLDER --lake x --fast", ".venv/bin/imr fly away", "imr quarantine replay --code x", "our imr"]
    assert unknown(calls(lines)) == ["run --fast", "fly"]


def named() -> set[tuple[str, ...]]:
    return {words for page in PAGES for words, _ in calls(code_of(text_of(page))) if command(words)}


@pytest.mark.parametrize("words", sorted(named()), ids=" ".join)
def test_a_subcommand_says_what_it_does(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0, done.output


def test_getting_started_names_every_subcommand() -> None:
    context = typer.Context(_GROUP)
    there: set[str] = set(_GROUP.list_commands(context))  # type: ignore[attr-defined]
    assert there <= {words[0] for words, _ in calls(code_of(text_of(ROOT / "docs" / "getting-started.md")))}


def test_modules_and_targets_exist() -> None:
    code = [line for page in PAGES for line in code_of(text_of(page))]
    modules = {module for line in code for module in re.findall(r"python -m ((?:tests|docs)\.[\w.]*\w)", line)}
    assert [module for module in sorted(modules) if importlib.util.find_spec(module) is None] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {target for line in code for target in re.findall(r"(?:^|[\s;])make ([a-z]+)", line)}
    assert targets - set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE)) <= COMING


def test_reliability_programs_exist() -> None:
    table = text_of(ROOT / "docs" / "evidence" / "reliability.md")
    programs = [line.rsplit("| `", 1)[1].split()[0].rstrip("`") for line in table.splitlines() if line.endswith("` |")]
    there = {path.stem for path in (ROOT / "tests" / "reliability").glob("*.py")}
    assert len(programs) > 5
    assert [program for program in programs if program not in {*there, "pytest"}] == []


def test_the_deployments_are_those_of_prefect_yaml() -> None:
    deployed = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    names = {f"{each['entrypoint'].partition(':')[2]}/{each['name']}" for each in deployed}
    flows = "|".join({name.partition("/")[0] for name in names})
    text = text_of(ROOT / "docs" / "operating.md")
    assert set(re.findall(rf"`((?:{flows})/\w+)`", text)) == names
