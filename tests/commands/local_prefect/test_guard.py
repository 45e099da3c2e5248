"""The secret of this machine's Prefect server, and the line that lets other programs know it."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from commands.local_prefect.guard import CLIENT_SECRET, SERVER_NAMES, export_line, kept_secret, server_settings
from commands.local_prefect.machine import Machine


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "made" / "secret"
    secret = kept_secret(file)
    assert kept_secret(file) == secret
    assert [path.name for path in file.parent.iterdir()] == ["secret"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert kept_secret(tmp_path / "other") != secret


def test_a_secret_of_ones_own_is_taken_and_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("me:my own words\n")
    file.chmod(0o644)
    assert kept_secret(file) == "me:my own words"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["plain", "with blanks", 'with "quotes"', "with $(touch it)", "with 'more' of them"])
def test_the_line_gives_a_shell_the_secret_without_showing_it(tmp_path: Path, folder: str) -> None:
    file = tmp_path / folder / "secret"
    secret = kept_secret(file)
    line = export_line("http://127.0.0.1:4200/api", file)
    assert secret not in line
    done = subprocess.run(
        ["sh", "-c", f'{line}; printf "%s %s" "$PREFECT_API_URL" "${CLIENT_SECRET}"'],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout == f"http://127.0.0.1:4200/api {secret}"
    assert not (tmp_path / "it").exists()


@pytest.mark.parametrize(
    ("api", "told"),
    [
        pytest.param("http://127.0.0.1:4200/api", True, id="the server of this machine"),
        pytest.param("http://127.0.0.1:4200/api/", True, id="with a slash at the end"),
        pytest.param("http://127.0.0.1:4201/api", False, id="another server of this machine"),
        pytest.param("https://prefect.example.org/api", False, id="a server elsewhere"),
    ],
)
def test_no_other_server_is_told_the_secret(tmp_path: Path, api: str, told: bool) -> None:
    machine = Machine(tmp_path)
    (tmp_path / "address.json").write_text('{"api": "http://127.0.0.1:4200/api"}')
    assert (CLIENT_SECRET in machine.environment(api)) is told
    assert (CLIENT_SECRET in machine.export_line(api)) is told


def test_before_a_first_start_there_is_no_server_of_this_machine(tmp_path: Path) -> None:
    assert Machine(tmp_path).access("http://127.0.0.1:4200/api") == {"PREFECT_API_URL": "http://127.0.0.1:4200/api"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        pytest.param("127.0.0.1:4200", True, id="its address"),
        pytest.param("localhost:4200", True, id="its other name"),
        pytest.param("evil.example:4200", False, id="a name of a stranger's"),
        pytest.param("127.0.0.1.evil.example", False, id="a name that begins as its address"),
        pytest.param("", False, id="no name"),
    ],
)
def test_a_server_answers_to_its_own_names(monkeypatch: pytest.MonkeyPatch, host: str, answered: bool) -> None:
    from commands.local_prefect import prefect_server

    for name, value in server_settings("127.0.0.1", 4200, "imr:x").items():
        if name == SERVER_NAMES:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(prefect_server.server, "create_app", _an_app)
    answer = TestClient(prefect_server.create_app()).get("/", headers={"Host": host})
    assert (answer.status_code, answer.text) == ((200, '"there"') if answered else (400, "Invalid host header"))


def _an_app() -> object:
    from fastapi import FastAPI

    app = FastAPI()
    app.get("/")(lambda: "there")
    return app
