"""Programs in the background: started once, found again, ended with all that they have started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from commands.local_prefect import services
from commands.local_prefect.services import Service

SLEEPER = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)")
PARENT = (
    sys.executable,
    "-c",
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print('here', flush=True); time.sleep(600)",
)


def started(folder: Path, command: tuple[str, ...] = SLEEPER) -> Service:
    service = Service(folder, "sleeper")
    service.start(command, {}, folder)
    deadline = time.monotonic() + 60
    while not service.log.read_text():
        assert time.monotonic() < deadline, "it does not start"
        time.sleep(0.05)
    return service


def test_it_is_started_once_and_found_by_its_record(tmp_path: Path) -> None:
    service = started(tmp_path)
    process = service.running()
    assert process
    service.start(SLEEPER, {}, tmp_path)
    assert Service(tmp_path, "sleeper").running() == process
    assert service.stop()
    assert service.running() is None
    assert not service.stop()


def test_it_ends_with_all_that_it_has_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_SECONDS_TO_END", 1.0)
    service = started(tmp_path, PARENT)
    process = service.running()
    assert process
    family = [process, *process.children(recursive=True)]
    assert len(family) == 2
    service.stop()
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)


def test_one_whose_end_nobody_has_taken_note_of_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[psutil.Process] = []
    monkeypatch.setattr(services, "_SECONDS_TO_END", 5.0)
    monkeypatch.setattr(psutil.Process, "kill", lambda process: killed.append(process))
    starter = "import sys, time; from tests.commands.local_prefect.test_services import started; "
    starter += "from pathlib import Path; started(Path(sys.argv[1])); print('here', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", starter, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        stopped = Service(tmp_path, "sleeper").stop()
        parent.terminate()
    assert stopped
    assert not killed


@pytest.mark.parametrize(
    "record",
    [
        pytest.param("", id="an empty record"),
        pytest.param(json.dumps({"pid": 2**22 + 1, "started": 1.0}), id="no such process"),
        pytest.param(json.dumps({"pid": os.getpid(), "started": 1.0}), id="another process has its number"),
    ],
)
def test_what_is_not_it_is_left_alone(tmp_path: Path, record: str) -> None:
    (tmp_path / "sleeper.json").write_text(record)
    service = Service(tmp_path, "sleeper")
    assert service.running() is None
    assert not service.stop()
