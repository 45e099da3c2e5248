from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from typer.testing import CliRunner

import commands.flow_run
from imr.cli.exit_codes import Exit
from imr.cli.main import app
from imr.settings import CrawlPolicy
from imr.sources.examples import EXAMPLES


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command hands to the run: its sources, and its options by name."""
    found: dict[str, Any] = {}

    def run_flow(_: str, parameters: dict[str, Any], **__: Any) -> Exit:
        found.update(parameters)
        return Exit.OK

    monkeypatch.setattr(commands.flow_run, "run_flow", run_flow)
    monkeypatch.delenv("IMR_CONTACT", raising=False)
    return found


@pytest.mark.parametrize("kind", EXAMPLES)
def test_help_has_an_address_of_every_kind(kind: str) -> None:
    shown = re.sub(r"\s+", " ", CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).stdout)
    example, meaning = EXAMPLES[kind]
    assert example in shown
    assert meaning in shown


@pytest.mark.parametrize(
    ("options", "crawl_policy"),
    [
        pytest.param([], CrawlPolicy(), id="none"),
        pytest.param(["--contact", "us@example.org"], CrawlPolicy(contact="us@example.org"), id="contact"),
        pytest.param(["--rate", "0.5", "--at-once", "2"], CrawlPolicy(requests_per_second=0.5, at_once=2), id="pace"),
        pytest.param(
            ["--attempts", "2", "--longest-wait", "9"], CrawlPolicy(attempts=2, longest_wait_seconds=9), id="tries"
        ),
        pytest.param(
            ["--timeout", "5", "--look-back", "30"], CrawlPolicy(timeout_seconds=5, look_back_days=30), id="days"
        ),
        pytest.param(["--allow-private"], CrawlPolicy(allow_private=True), id="private"),
    ],
)
def test_options_are_the_crawl_policy(given: dict[str, Any], options: list[str], crawl_policy: CrawlPolicy) -> None:
    assert CliRunner().invoke(app, ["run", "https://example.org/", *options]).exit_code == 0
    assert given["crawl_policy"] == crawl_policy
    assert given["sources"] == ["https://example.org/"]


def test_the_contact_may_stand_in_the_environment(given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMR_CONTACT", "us@example.org")
    CliRunner().invoke(app, ["run", "https://example.org/"])
    assert given["crawl_policy"].contact == "us@example.org"


@pytest.mark.parametrize("source", ["gopher://example.org/", "absent/folder", "urls:absent.txt", "URLS:absent.txt"])
def test_what_is_no_source_is_wrong_usage(tmp_path: Path, source: str) -> None:
    assert CliRunner().invoke(app, ["run", source, "--lake", str(tmp_path)]).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"requests_per_second": 0}, id="no-rate"),
        pytest.param({"at_once": 0}, id="nothing-at-once"),
        pytest.param({"attempts": 0}, id="no-attempts"),
        pytest.param({"longest_wait_seconds": -1}, id="negative-wait"),
    ],
)
def test_a_crawl_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CrawlPolicy(**wrong)


@pytest.mark.parametrize(
    ("source", "contact", "said"),
    [
        pytest.param("https://example.org/", None, True, id="a-site-without-contact"),
        pytest.param("https://example.org/", "us@example.org", False, id="a-site-with-contact"),
        pytest.param("dwc://?decided=2017-01-01", None, True, id="the-search-tool-without-contact"),
        pytest.param("s3://bucket/", None, False, id="a-store-which-knows-who-asks"),
        pytest.param(".", None, False, id="this-machine"),
    ],
)
def test_who_asks_a_site_without_a_contact_is_told(
    monkeypatch: pytest.MonkeyPatch, source: str, contact: str | None, said: bool
) -> None:
    monkeypatch.delenv("IMR_CONTACT", raising=False)
    monkeypatch.setattr(commands.flow_run, "run_flow", lambda *_, **__: Exit.OK)
    done = CliRunner().invoke(app, ["run", source, *(["--contact", contact] if contact else [])])
    assert done.exit_code == Exit.OK
    assert ("No --contact is given" in done.output) is said


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_a_server_that_is_named_and_dead_is_said(landing: Path, tmp_path: Path, as_json: bool) -> None:
    asked = ["run", str(landing), "--lake", str(tmp_path / "lake"), *(["--json"] if as_json else [])]
    with temporary_settings({PREFECT_API_URL: "http://user:planted@127.0.0.1:9/api"}):
        done = CliRunner().invoke(app, asked)
    said = json.loads(done.stdout)["error_message"] if as_json else done.stderr
    assert done.exit_code == Exit.FAILED
    assert (done.stdout if not as_json else done.stderr, said.strip().count("\n")) == ("", 0)
    assert "no Prefect server answers at 127.0.0.1:9/api" in said
    assert "planted" not in said
    assert not (tmp_path / "lake").exists()
