"""What the core says while a flow runs stands in the run's log, whatever thread says it, and is no order to a terminal."""

from __future__ import annotations

import logging
import threading

import pytest
from prefect import flow

from tasks.log import core_heard, run_log


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_the_core_is_heard_while_a_run_goes_on(prefect_harness: None, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, core = _Kept(), logging.getLogger("imr")
    monkeypatch.setattr(logging.getLogger("prefect.flow_runs"), "handlers", [kept])

    @flow
    def asking() -> None:
        with core_heard():
            said = ("%s asks for %d seconds, 100%%", "a\x1b[31mb", 9)
            thread = threading.Thread(target=core.warning, args=said)
            thread.start()
            thread.join()
        core.warning("after it")
        run_log().warning("in quarantine", file="x\x1b]0;owned\x07")

    asking()
    said = {record.getMessage(): record for record in kept.records}
    assert hasattr(said[r"a\x1b[31mb asks for 9 seconds, 100%"], "flow_run_id")
    assert "after it" not in said
    assert [text for text in said if "\x1b" in text] == []
