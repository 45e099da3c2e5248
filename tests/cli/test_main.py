"""Every subcommand is listed, says what it is for, and is a module of its own that is imported when it is called."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imr.cli import checkout, only_in_a_checkout
from imr.cli.main import IN_A_CHECKOUT, SUBCOMMANDS, app

ROOT = Path(__file__).parents[2]


def subcommands_in(room: str) -> set[str]:
    """The modules of a room that are subcommands: they have an application of their own."""
    return {path.stem for path in (ROOT / room).glob("*.py") if re.search(r"^app = ", path.read_text("utf-8"), re.M)}


def test_every_module_with_an_application_is_a_subcommand() -> None:
    assert subcommands_in("commands") == IN_A_CHECKOUT
    assert subcommands_in("imr/cli") - {"main"} == set(SUBCOMMANDS) - IN_A_CHECKOUT


def test_only_subcommands_of_a_checkout_import_from_there() -> None:
    """Prefect, flows, tasks and commands are in no wheel."""
    for path in (ROOT / "imr").rglob("*.py"):
        assert not re.search(r"^\s*(?:from|import) (?:prefect|flows|tasks|commands)\b", path.read_text("utf-8"), re.M)


@pytest.mark.parametrize("name", [*sorted(IN_A_CHECKOUT), "quarantine replay"])
@pytest.mark.parametrize("more", [[], ["FILE", "--lake", "x"]], ids=["bare", "called"])
def test_without_a_checkout_a_subcommand_says_where_it_is(
    name: str, more: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkout, "_MARKS", ("nowhere.txt",))
    done = CliRunner().invoke(app, [*name.split(), *more])
    assert done.exit_code == 2
    said = " ".join(done.stderr.split())
    assert said.startswith(f"imr {name} needs the Prefect flows, which live in a checkout")
    assert said.endswith("clone its repository and run `make run` there.")


def test_without_prefect_a_subcommand_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(only_in_a_checkout, "find_spec", lambda _: None)
    done = CliRunner().invoke(app, ["run", "FOLDER"])
    assert (done.exit_code, "needs Prefect, which is not installed" in done.stderr) == (2, True)


def test_help_without_a_checkout_lists_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkout, "_MARKS", ("nowhere.txt",))
    listed = CliRunner().invoke(app, ["--help"]).output
    assert all(f" {name} " in listed for name in SUBCOMMANDS)
    assert listed.count("In a checkout of the project only.") == len(IN_A_CHECKOUT)


def test_help_lists_every_subcommand_and_imports_none() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from imr.cli.main import app; "
        "print(CliRunner().invoke(app, ['--help']).output); "
        "print(*sorted(name for name in sys.modules if name.startswith(('commands.', 'imr.cli.'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *listed, modules = done.stdout.splitlines()
    lines = [line.strip("│ ") for line in listed]
    for name in SUBCOMMANDS:
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert line.removeprefix(name).strip()[0].isupper()
    rooms = {name.rpartition(".")[::2] for name in modules.split()}
    assert "commands" not in {room for room, _ in rooms}
    assert {name for _, name in rooms} & set(SUBCOMMANDS) == set()


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
