"""The flow `upkeep`: what it does of a sound lake, of one that is harmed, and of one that got worse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

from flows import upkeep as module
from flows.events import ACCURACY_LOST, LAKE_UNWELL
from flows.upkeep import upkeep
from imr.lake.layout import LakeLayout
from imr.upkeep.releases import releases
from tests.upkeep.conftest import rewrite

LABELS = Path(__file__).parent.parent / "accuracy" / "labels"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that the flow sends."""
    events: list[str] = []
    monkeypatch.setattr(module, "tell", lambda event, lake, **_: events.append(event))
    return events


def keep(lake: LakeLayout, **options: Any) -> tuple[str, str, dict[str, str]]:
    """Run upkeep; its final state's name and message, and its artifacts by key."""
    state = upkeep(lake=str(lake.root), return_state=True, **options)
    run = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run])))
    return state.name, state.message or "", {artifact.key or "": str(artifact.data) for artifact in found}


def test_a_sound_lake_is_released_once(lake: LakeLayout, told: list[str]) -> None:
    name, message, artifacts = keep(lake)
    (made,) = releases(lake)
    assert (name, "all is well" in message, f"release {made.name}" in message) == ("Completed", True, True)
    assert artifacts.keys() == {"upkeep-findings", "upkeep-summary", "letters-lake", "letters-report"}
    assert "nothing was committed since the last release" in keep(lake)[1]
    assert releases(lake) == [made]
    assert told == []


def test_a_broken_promise_fails_the_run_before_a_release(lake: LakeLayout, told: list[str]) -> None:
    rewrite(lake, "decisions", lambda rows: rows.slice(1))
    name, message, artifacts = keep(lake)
    assert (name, message.partition(":")[0]) == ("Failed", "lake_damaged")
    assert "not so" in artifacts["upkeep-findings"]
    assert releases(lake) == []
    assert told == [LAKE_UNWELL]


def test_accuracy_is_measured_and_a_loss_is_told(lake: LakeLayout, told: list[str], tmp_path: Path) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    label = json.loads((LABELS / "CM13-9000101.json").read_text())
    (labels / "a.json").write_text(json.dumps(label))
    name, message, artifacts = keep(lake, labels=[str(labels)], release=False)
    assert (name, "accuracy" in message) == ("Completed", True)
    assert "upkeep-accuracy" in artifacts
    saved = json.loads(lake.accuracy.read_text())
    assert saved["mistakes"]  # the letter is not in this lake
    lake.accuracy.write_text(json.dumps(saved | {"mistakes": []}))
    name, message, _ = keep(lake, labels=[str(labels)], release=False)
    assert name == "AccuracyLost"
    assert told == [ACCURACY_LOST]


@pytest.mark.parametrize("content", [None, "{", '{"letter": 1}'], ids=["none there", "no JSON", "no label"])
def test_labels_that_cannot_be_read_end_it_before_anything_is_done(
    lake: LakeLayout, told: list[str], tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "a.json").write_text(content)
    name, message, artifacts = keep(lake, labels=[str(tmp_path / "a.json")])
    assert (name, "labels_unreadable" in message, artifacts) == ("Failed", True, {})
    assert (releases(lake), told) == ([], [])
