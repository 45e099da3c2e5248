"""Logs of services that are too long are shortened from their beginning, at the end of a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr.upkeep import service_logs
from imr.upkeep.service_logs import SERVICE_LOGS, shorten_service_logs


@pytest.mark.parametrize(
    ("log", "left"),
    [
        pytest.param(b"one\ntwo\n", b"one\ntwo\n", id="short"),
        pytest.param(b"first\nsecond\nthird\nfourth\n", b"fourth\n", id="too long"),
    ],
)
def test_long_logs_are_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: bytes, left: bytes) -> None:
    monkeypatch.setenv(SERVICE_LOGS, str(tmp_path))
    monkeypatch.setattr(service_logs, "_MOST_BYTES", 20)
    (tmp_path / "worker.log").write_bytes(log)
    (tmp_path / "worker.json").write_bytes(log)
    shorten_service_logs()
    assert (tmp_path / "worker.log").read_bytes() == left
    assert (tmp_path / "worker.json").read_bytes() == log


def test_without_services_there_is_nothing_to_shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SERVICE_LOGS, raising=False)
    shorten_service_logs()
