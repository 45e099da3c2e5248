"""What `imr up` brings up, that it may be called again, and that alerts reach whoever is to be told."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.flows.helpers import rows
from tests.operated.helpers import ROOT, Operated, wait_until

SET_FOLDER = "prefect.deployments.steps.set_working_directory"
DEPLOYMENTS = ["letters/daily", "letters/manual", "replay/quarantine", "reprocess/outdated", "upkeep/weekly"]


def test_all_that_belongs_to_it_is_there(operated: Operated) -> None:
    pool = operated.ask("work_pools/letters")
    assert (pool["type"], pool["concurrency_limit"]) == ("process", 1)
    flows = {flow["id"]: flow["name"] for flow in operated.ask("flows/filter", {})}
    deployments = operated.ask("deployments/filter", {})
    assert sorted(f"{flows[entry['flow_id']]}/{entry['name']}" for entry in deployments) == DEPLOYMENTS
    assert {entry["pull_steps"][0][SET_FOLDER]["directory"] for entry in deployments} == {"{{ $IMR_HOME }}"}
    assert {entry["concurrency_options"]["collision_strategy"] for entry in deployments} == {"ENQUEUE"}
    schedules = {entry["name"]: entry["schedules"] for entry in deployments if entry["schedules"]}
    assert {name: each[0]["schedule"]["timezone"] for name, each in schedules.items()} == {
        "daily": "America/Los_Angeles",
        "weekly": "America/Los_Angeles",
    }


def test_every_parameter_says_in_the_form_what_it_is(operated: Operated) -> None:
    for deployment in operated.ask("deployments/filter", {}):
        schema = deployment["parameter_openapi_schema"]
        models = [each["properties"] for each in schema.get("definitions", {}).values() if "properties" in each]
        assert schema["properties"]
        for properties in (schema["properties"], *models):
            assert [name for name, each in properties.items() if not each.get("description")] == []


def test_up_again_leaves_what_is_up_and_says_nothing_where_nothing_differs(operated: Operated) -> None:
    before = operated.process("server").pid, operated.process("worker").pid
    automations = {entry["name"]: entry["id"] for entry in operated.ask("automations/filter", {})}
    assert not [sentence for sentence in operated.up()["up"] if "stays so" in sentence or "removed" in sentence]
    assert (operated.process("server").pid, operated.process("worker").pid) == before
    again = operated.ask("automations/filter", {})
    assert {entry["name"]: entry["id"] for entry in again} == automations
    assert all(name.startswith("imr: ") for name in automations)


@pytest.mark.parametrize("deployment", sorted(DEPLOYMENTS, key=lambda name: name != "letters/daily"))
def test_every_deployment_completes_with_its_own_parameters(operated: Operated, deployment: str) -> None:
    state = operated.ended(operated.start(deployment))
    assert state["type"] == "COMPLETED", state["message"]


def test_a_schedule_begins_runs_of_itself(operated: Operated) -> None:
    deployment = operated.ask("deployments/name/reprocess/outdated")["id"]
    often = {"active": True, "schedule": {"interval": 10}}
    (schedule,) = operated.ask(f"deployments/{deployment}/schedules", [often])
    of_schedule = {"flow_runs": {"deployment_id": {"any_": [deployment]}, "tags": {"all_": ["auto-scheduled"]}}}
    wait_until(lambda: bool(operated.ask("flow_runs/filter", of_schedule)), "the scheduler makes no runs")
    soonest = min(operated.ask("flow_runs/filter", of_schedule), key=lambda run: run["expected_start_time"])
    try:
        assert operated.ended(soonest["id"])["type"] == "COMPLETED"
    finally:
        operated.ask(f"deployments/{deployment}/schedules/{schedule['id']}", method="DELETE")


def test_a_run_is_told_in_the_lake_and_in_prefect(operated: Operated, tmp_path: Path) -> None:
    run = operated.start("letters/manual", lake=str(tmp_path), sources=[str(operated.home / "data_lake" / "landing")])
    assert operated.ended(run)["name"] == "CompletedWithQuarantine"
    (commit,) = rows(tmp_path, "commits")
    assert commit["run_id"] == run
    told = json.loads(operated.imr("lineage", "damaged-letter.pdf", "--lake", str(tmp_path), "--json"))
    (seen,) = told["runs"]
    assert seen["commit"]["commit_id"] == commit["commit_id"]
    assert seen["prefect"]["state_name"] == "CompletedWithQuarantine"
    assert seen["prefect"]["name"] == operated.ask(f"flow_runs/{run}")["name"]
    assert {event["task_run_id"] for event in told["events"] if event["step"] == "ocr_cleanup"} <= {
        entry["id"] for entry in operated.ask("task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})
    }


def test_imr_run_uses_the_server_that_is_up(operated: Operated, tmp_path: Path) -> None:
    landing = operated.home / "data_lake" / "landing"
    summary = json.loads(operated.imr("run", str(landing), "--lake", str(tmp_path), "--json", code=3))
    known = {"flow_runs": {"id": {"any_": [summary["run_id"]]}}}
    names = ["aggregate", "commit", "extract 1", "fetch 1", "ocr_cleanup 1", "publish", "section_split 1"]

    def recorded() -> list[str]:
        return sorted(
            entry["name"] for entry in operated.ask("task_runs/filter", known) if entry["state_type"] == "COMPLETED"
        )

    wait_until(lambda: recorded() == names, "task runs are missing")


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """An address that takes messages, and the messages."""
    taken: list[dict[str, str]] = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", taken
        server.shutdown()


def test_an_alert_reaches_the_notification_block(
    operated: Operated, tmp_path: Path, webhook: tuple[str, list[dict[str, str]]]
) -> None:
    address, taken = webhook
    environment = {
        **operated.environment,
        "PREFECT_API_URL": f"http://127.0.0.1:{operated.port}/api",
        "PREFECT_API_AUTH_STRING": operated.secret(),
        "IMR_ALERT_WEBHOOK": address,
    }
    made = subprocess.run(
        [sys.executable, str(ROOT / "deploy" / "alerts.py"), "webhook"],
        env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "alerts go to a notification block" in " ".join(operated.up()["up"])
    bad = tmp_path / "bad"
    bad.mkdir()
    for number in range(3):
        (bad / f"note-{number}.txt").write_text(f"no letter, number {number}")
    run = operated.start("letters/manual", lake=str(tmp_path / "lake"), sources=[str(bad)])
    assert operated.ended(run)["name"] == "CompletedWithQuarantine"
    wait_until(lambda: bool(taken), "no alert came")
    assert taken[0]["title"] == "IMR: 3 of 3 files are in quarantine"


def test_the_servers_database_was_never_locked(operated: Operated) -> None:
    """After all that the tests here have asked of it."""
    log = (operated.home / "up" / "server.log").read_text(errors="replace")
    assert "database is locked" not in log
