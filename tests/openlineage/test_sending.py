"""Where events go: nowhere unless configured, in order, and never at the cost of a run."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from openlineage.client.event_v2 import RunEvent

from imr.errors import Code, SetupError
from imr.openlineage import sending
from imr.openlineage.events import JobRun, started
from imr.openlineage.sending import configured, sender
from tests.openlineage.receiving import nobody, receiver, settings, to_file, to_http, written

RUN = JobRun("5b4c7d60-91e4-4a1c-8a3c-2b1f0c9d8e7f", "letters")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_files_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual places of configuration files are empty."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))


def event() -> RunEvent:
    return started(RUN)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, False, id="nothing said"),
        pytest.param({"URL": "http://localhost:5000"}, True, id="an address"),
        pytest.param({"_TRANSPORT__TYPE": "file"}, True, id="a transport by variables"),
        pytest.param({"_TRANSPORT": '{"type": "console"}'}, True, id="a transport as JSON"),
        pytest.param({"URL": "http://localhost:5000", "DISABLED": "True"}, False, id="switched off"),
        pytest.param({"NAMESPACE": "elsewhere"}, False, id="a namespace is no place to send to"),
        pytest.param(
            {"_TRANSPORT__TRANSPORTS__DEFAULT_HTTP__URL": "http://localhost:5000"}, False, id="what the library leaves"
        ),
    ],
)
def test_events_are_off_unless_the_standard_configuration_says_otherwise(
    variables: dict[str, str], expected: bool
) -> None:
    with settings(**variables):
        assert configured() is expected


@pytest.mark.parametrize("place", ["openlineage.yml", "../.openlineage/openlineage.yml"])
def test_the_usual_files_are_asked(tmp_path: Path, place: str) -> None:
    Path(place).parent.mkdir(exist_ok=True)
    Path(place).write_text(f"transport: {{type: file, append: true, log_file_path: {tmp_path / 'out'}}}")
    with settings():
        assert configured()
        sends = sender()
        assert sends is not None
        sends.send(event)
        sends.close()
    assert len(written(tmp_path / "out")) == 1


def test_no_home_and_no_working_folder_are_no_fault_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    (tmp_path / "here").rmdir()
    with settings():
        assert sender() is None


@pytest.mark.parametrize("content", ["facets: {environment_variables: [LANG]}", ""])
def test_a_file_without_a_transport_sends_nothing(content: str, caplog: pytest.LogCaptureFixture) -> None:
    Path("openlineage.yml").write_text(content)
    with settings():
        assert sender() is None
    assert not [message for message in warnings(caplog) if "console" in message]


def test_where_it_is_off_the_library_is_not_even_imported() -> None:
    code = (
        "import sys, flows.letters, tasks.openlineage, imr.openlineage.sending as s;"
        "print(s.sender(), sorted(n for n in sys.modules if n.partition('.')[0] == 'openlineage'))"
    )
    with settings():
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert done.stdout.strip() == "None []"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        pytest.param({"_TRANSPORT__TYPE": "http"}, "RuntimeError", id="no address"),
        pytest.param({"URL": "user:secret@nowhere"}, "ValueError", id="no scheme, and a password"),
        pytest.param({"_TRANSPORT__TYPE": "pigeon"}, "ImportError", id="no such transport"),
        pytest.param({"CONFIG": "missing.yml"}, "names a file that is not there", id="no such file"),
    ],
)
def test_what_cannot_work_is_said_before_the_run(variables: dict[str, str], said: str) -> None:
    with settings(**variables), pytest.raises(SetupError, match=said) as caught:
        sender()
    assert caught.value.code == Code.LINEAGE_NOT_SET_UP
    assert "secret" not in str(caught.value)


def test_a_missing_extra_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openlineage.client", None)
    with settings(URL="http://localhost:5000"), pytest.raises(SetupError, match=r"imr-letters\[lineage\]"):
        sender()


def test_events_arrive_in_order_over_http() -> None:
    with receiver() as server, settings(URL=server.url):
        sends = sender()
        assert sends is not None
        for number in range(20):
            sends.send(lambda n=number: started(RUN.of_step("extract", n)))  # type: ignore[misc]
        sends.close()
    assert [e["run"]["runId"] for e in server.events] == [RUN.of_step("extract", n).run_id for n in range(20)]


@pytest.mark.parametrize(
    ("status", "reason"),
    [pytest.param(403, "HTTPError 403", id="refused"), pytest.param(500, "RetryError", id="broken")],
)
def test_a_receiver_that_refuses_is_warned_of_once(status: int, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    with receiver(status) as server, settings(**to_http(server.url)):
        sends = sender()
        assert sends is not None
        for _ in range(3):
            sends.send(event)
        sends.close()
    assert len(server.events) == 3  # what one event met says nothing of the next
    assert warnings(caplog) == [f"OpenLineage events are lost: {reason}; the run goes on"]


def test_nobody_there_is_warned_of_once_and_retries_are_not_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    retries = '{"total": 2, "connect": 2, "backoff_factor": 0}'
    with settings(**{**to_http(nobody()), "_TRANSPORT__RETRY": retries}):
        sends = sender()
        assert sends is not None
        for _ in range(3):
            sends.send(event)
        sends.close()
    assert warnings(caplog) == ["OpenLineage events are lost: ConnectionError; the run goes on"]


def test_a_file_that_cannot_be_written_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with settings(**to_file(tmp_path / "missing" / "events")):
        sends = sender()
        assert sends is not None
        sends.send(event)
        sends.close()
    assert warnings(caplog) == ["OpenLineage events are lost: RuntimeError from FileNotFoundError; the run goes on"]


def test_an_event_that_cannot_be_made_is_warned_of_without_its_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> RunEvent:
        raise ValueError("the patient has pain of the left wrist")

    with settings(**to_file(tmp_path / "events")):
        sends = sender()
        assert sends is not None
        sends.send(broken)
        sends.send(event)
        sends.close()
    assert len(written(tmp_path / "events")) == 1
    assert warnings(caplog) == ["OpenLineage events are lost: an event could not be made (ValueError); the run goes on"]


class Stuck:
    """A client that never gets an event off its hands until it is let go."""

    def __init__(self) -> None:
        self.emitted = 0
        self.go = threading.Event()

    def emit(self, event: RunEvent) -> None:
        self.emitted += 1
        self.go.wait()

    def close(self, timeout: float) -> bool:
        raise AssertionError("nothing is to be asked of a client that was given up on")


def test_a_receiver_that_never_answers_holds_nothing_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sending, "GRACE", 0.05)
    monkeypatch.setattr(sending, "MOST_WAITING", 5)
    client = Stuck()
    sends = sending.Sender(client)  # type: ignore[arg-type]
    for _ in range(20):
        sends.send(event)
    assert sends._waiting.qsize() <= 5
    sends.close()
    assert warnings(caplog) == ["OpenLineage events are lost: the receiver does not answer in time; the run goes on"]
    client.go.set()
    sends._thread.join(5)
    assert not sends._thread.is_alive()
    assert client.emitted == 1  # the others were given up
