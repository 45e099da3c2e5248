"""Every subcommand is listed, says what it is for, and is a module of its own that is imported when it is called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.main import SUBCOMMANDS, app

HELPERS = {"__init__", "console", "flow_run", "main", "options"}


def test_every_module_is_a_subcommand() -> None:
    modules = {path.stem for path in Path(__file__).parents[2].joinpath("commands").glob("*.py")}
    assert modules - HELPERS == set(SUBCOMMANDS)


def test_help_lists_every_subcommand_and_imports_none() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from commands.main import app; "
        "print(CliRunner().invoke(app, ['--help']).output); "
        "print(*sorted(name for name in sys.modules if name.startswith('commands.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *listed, modules = done.stdout.splitlines()
    lines = [line.strip("│ ") for line in listed]
    for name in SUBCOMMANDS:
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert line.removeprefix(name).strip()[0].isupper()
    assert modules == "commands.main"


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_a_subcommand_has_help_of_its_own(name: str) -> None:
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f" {name} " in done.output


@pytest.mark.parametrize(("former", "name"), [("samples", "synthetic"), ("scan", "degrade")])
def test_a_former_name_still_works(former: str, name: str) -> None:
    assert f" {name} " in CliRunner().invoke(app, [name, "--help"]).output
    assert CliRunner().invoke(app, [former, "--help"]).exit_code == 0


def test_any_other_name_is_refused() -> None:
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2
