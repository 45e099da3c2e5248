"""What a run tells for automations to act on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from flows import events as module
from flows.events import COMMITTED, DRIFTED, FILE_QUARANTINED, NEW_LETTERS, QUARANTINE_SHARE, announce, announce_refusal
from imr.errors import Code, LakeError, Level, level_of
from imr.lake.layout import LakeLayout
from imr.publication.run_summary import RunSummary
from imr.settings import Alerts
from tests.publication.quarantined import entry

LAKE = LakeLayout(Path("lakes/mine"))


def summary(
    published: int, failed: list[Code], known_bad: Sequence[Code] = (), accepted: tuple[str, ...] = ()
) -> RunSummary:
    """A run that published letters, and sent files to quarantine or met such as were there already."""
    entries = tuple(entry(code, f"{number}.pdf") for number, code in enumerate([*failed, *known_bad]))
    total = published + len(entries)
    return RunSummary(
        "run", "commit", total, published, 0, len(entries), len(failed), 0, 0, 0, (), entries, accepted=accepted
    )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "emit_event", lambda **event: sent.append(event))
    return sent


@pytest.mark.parametrize(
    ("done", "alerts", "names"),
    [
        pytest.param(summary(9, []), Alerts(), [COMMITTED, NEW_LETTERS], id="new letters"),
        pytest.param(summary(0, []), Alerts(), [COMMITTED], id="nothing new"),
        pytest.param(summary(9, [Code.PDF_DAMAGED]), Alerts(), [COMMITTED, NEW_LETTERS], id="as many as are allowed"),
        pytest.param(
            summary(8, [Code.PDF_DAMAGED]), Alerts(), [COMMITTED, NEW_LETTERS, QUARANTINE_SHARE], id="more than allowed"
        ),
        pytest.param(
            summary(9, [], [Code.INTERNAL_ERROR] * 9), Alerts(), [COMMITTED, NEW_LETTERS], id="known ones are no news"
        ),
        pytest.param(
            summary(99, [Code.TIMED_OUT]), Alerts(), [COMMITTED, NEW_LETTERS, FILE_QUARANTINED], id="a fault of the system"
        ),
        pytest.param(
            summary(99, [Code.NO_TEXT]), Alerts(quarantined_from=Level.WARNING),
            [COMMITTED, NEW_LETTERS, FILE_QUARANTINED], id="a bad file, where that is asked for",
        ),
        pytest.param(
            summary(99, [Code.UNKNOWN_FORMAT]), Alerts(quarantined_from=Level.WARNING), [COMMITTED, NEW_LETTERS],
            id="what is not read yet is quieter",
        ),
        pytest.param(
            summary(9, [], accepted=("drift: nulls move",)), Alerts(), [COMMITTED, NEW_LETTERS, DRIFTED], id="drift, accepted"
        ),
    ],
)  # fmt: skip
def test_what_is_told(told: list[dict[str, Any]], done: RunSummary, alerts: Alerts, names: list[str]) -> None:
    announce(done, LAKE, alerts)
    assert [event["event"] for event in told] == names
    assert {event["resource"]["prefect.resource.id"] for event in told} == {"imr.lake.mine"}


def test_files_are_told_up_to_a_number(told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    class Log:
        said: list[dict[str, Any]] = []  # noqa: RUF012

        def warning(self, _: str, **fields: Any) -> None:
            self.said.append(fields)

    monkeypatch.setattr(module, "run_log", Log)
    announce(summary(99, [Code.TIMED_OUT] * 7), LAKE, Alerts(most_files=3))
    files = [event["payload"] for event in told if event["event"] == FILE_QUARANTINED]
    assert [(file["file"], file["error_code"], file["level"]) for file in files] == [
        (f"{number}.pdf", "timed_out", "error") for number in range(3)
    ]
    assert Log.said == [{"files": 7, "events": 3}]


@pytest.mark.parametrize(
    ("error", "names"),
    [
        pytest.param(LakeError(Code.GATE_REFUSED, "drift: nulls move by +40%"), [DRIFTED], id="drift"),
        pytest.param(LakeError(Code.GATE_REFUSED, "row_counts: fewer rows"), [], id="another gate"),
        pytest.param(LakeError(Code.LAKE_LOCKED, "drift: in a lock's message"), [], id="another fault"),
    ],
)
def test_a_refusal_is_told_where_it_is_of_the_letters(
    told: list[dict[str, Any]], error: LakeError, names: list[str]
) -> None:
    announce_refusal(error, LAKE)
    assert [event["event"] for event in told] == names


def test_every_code_of_a_file_has_a_level() -> None:
    assert level_of(Code.UNKNOWN_FORMAT) == Level.INFO
    assert level_of(Code.PDF_DAMAGED) == Level.WARNING
    assert level_of(Code.INTERNAL_ERROR) == Level.ERROR
    assert [Level.ERROR.reaches(level) for level in Level] == [True, True, True]
    assert [Level.INFO.reaches(level) for level in Level] == [True, False, False]
