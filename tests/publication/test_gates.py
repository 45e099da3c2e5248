"""Each gate fires on what it is for, lets pass what is as it should be, and can be overruled by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout, Partition
from imr.lake.stage import StageStore
from imr.lake.transaction import writing
from imr.publication import gates
from imr.publication.batches import StagedBatch
from imr.records import LetterRef
from imr.settings import Gate, GateLimits
from imr.tables.declaration import CASES, DECISIONS, DOCUMENTS

Rows = Callable[..., pa.Table]
Ids = Callable[[int], str]

LIMITS = GateLimits(enough_rows=10)


def _fired(refusals: Iterable[gates.Refusal]) -> list[Gate]:
    return [refusal.gate for refusal in refusals]


@pytest.mark.parametrize(
    ("tried", "failed", "fires"),
    [
        pytest.param(100, 0, False, id="none"),
        pytest.param(20, 20, False, id="all of a few"),
        pytest.param(1000, 250, False, id="many, but a small share"),
        pytest.param(100, 26, True, id="too many and too large a share"),
        pytest.param(0, 0, False, id="nothing tried"),
    ],
)
def test_error_budget(tried: int, failed: int, fires: bool) -> None:
    assert _fired(gates.error_budget(LIMITS, tried, failed, gates.SoFar())) == [Gate.ERROR_BUDGET] * fires


@pytest.mark.parametrize(
    ("before", "gone", "fires"),
    [
        pytest.param(20, 1, False, id="a few rows go"),
        pytest.param(20, 3, True, id="too many go"),
        pytest.param(8, 8, False, id="too few to tell"),
    ],
)
def test_row_counts(lake: LakeLayout, rows: Rows, document_id: Ids, before: int, gone: int, fires: bool) -> None:
    place = Partition("documents", "year=2018", 0)
    with writing(lake, "r1") as tx:
        tx.upsert(place, rows(DOCUMENTS, *({"document_id": document_id(n)} for n in range(before))), pa.array([]))
        assert _fired(gates.row_counts(LIMITS, tx, gates.SoFar())) == []
        tx.commit()
    with writing(lake, "r2") as tx:
        tx.upsert(place, rows(DOCUMENTS), pa.array([document_id(n) for n in range(gone)]))
        assert _fired(gates.row_counts(LIMITS, tx, gates.SoFar())) == [Gate.ROW_COUNTS] * fires


@pytest.mark.parametrize(
    ("failed", "fires"),
    [
        pytest.param([10, 10, 10], [False, False, True], id="a little of each piece, too much of the run"),
        pytest.param([0, 0, 26], [False, False, True], id="too much of one piece"),
        pytest.param([8, 8, 8], [False, False, False], id="few of the run"),
    ],
)
def test_the_error_budget_is_that_of_a_piece_and_of_the_run_up_to_it(failed: list[int], fires: list[bool]) -> None:
    so_far = gates.SoFar()
    assert [bool(_fired(gates.error_budget(LIMITS, 30, wrong, so_far))) for wrong in failed] == fires


@pytest.mark.parametrize(
    ("lost", "fires"),
    [
        pytest.param([1, 1], [False, False], id="as many as may go"),
        pytest.param([1, 1, 1], [False, False, True], id="too many of the run, few in each piece"),
    ],
)
def test_rows_are_counted_from_the_beginning_of_a_run(
    lake: LakeLayout, rows: Rows, document_id: Ids, lost: list[int], fires: list[bool]
) -> None:
    place, so_far, gone, found = Partition("documents", "year=2018", 0), gates.SoFar(), 0, []
    with writing(lake, "r1") as tx:
        tx.upsert(place, rows(DOCUMENTS, *({"document_id": document_id(n)} for n in range(20))), pa.array([]))
        tx.commit()
    for count in lost:
        gone += count
        with writing(lake, "r2") as tx:
            tx.upsert(place, rows(DOCUMENTS), pa.array([document_id(n) for n in range(gone)]))
            found.append(bool(_fired(gates.row_counts(LIMITS, tx, so_far))))
            tx.commit()
    assert found == fires


def _case(number: int, **columns: Any) -> dict[str, Any]:
    common = {"case_number": f"CM18-{number:07}", "case_year": 2018, "patient_age": 40, "outcome": "upheld"}
    return {"document_id": f"{number:064x}"} | common | columns


def _drift(lake: LakeLayout, rows: Rows, public: list[dict[str, Any]], staged: list[dict[str, Any]]) -> list[str]:
    with writing(lake, "r1") as tx:
        tx.upsert(Partition("cases", "year=2018", 0), rows(CASES, *public), pa.array([]))
        tx.commit()
    stage = StageStore(lake.stage)
    stage.put("extract", "k", {"cases": rows(CASES, *staged), "decisions": rows(DECISIONS)})
    letters = tuple(LetterRef(row["document_id"], ".txt", "file:///a.txt", "a.txt", 1) for row in staged)
    batch = StagedBatch(letters, {"extract": "k"}, "r2")
    return [refusal.why for refusal in gates.drift(LIMITS, lake, stage, [batch], gates.SoFar())]


SAME = [_case(n) for n in range(20)]


@pytest.mark.parametrize(
    ("staged", "moved"),
    [
        pytest.param([_case(n) for n in range(20, 40)], [], id="more of the same"),
        pytest.param(
            [_case(n, patient_age=None) for n in range(20, 40)], ["cases.patient_age"], id="a column runs dry"
        ),
        pytest.param([_case(n, outcome="overturned") for n in range(20, 40)], ["cases.outcome"], id="outcomes turn"),
        pytest.param([_case(n, outcome="overturned") for n in range(20, 25)], [], id="too few to tell"),
        pytest.param([_case(n, case_year=2019, patient_age=None) for n in range(20, 40)], [], id="another year"),
        pytest.param(
            [_case(n, patient_age=None if n % 10 == 0 else 40) for n in range(20, 40)], [], id="a little otherwise"
        ),
    ],
)
def test_drift(lake: LakeLayout, rows: Rows, staged: list[dict[str, Any]], moved: list[str]) -> None:
    found = _drift(lake, rows, SAME, staged)
    assert len(found) == len(moved)
    assert all(column in why for column, why in zip(moved, found, strict=True))


def test_a_column_that_fills_up_is_drift_too(lake: LakeLayout, rows: Rows) -> None:
    public = [_case(n, patient_age=None) for n in range(20)]
    (why,) = _drift(lake, rows, public, [_case(n) for n in range(20, 40)])
    assert "nulls of cases.patient_age in year=2018 move by -100%" in why


def _publish(lake: LakeLayout, cases: pa.Table) -> None:
    with writing(lake, "r1") as tx:
        tx.upsert(Partition("cases", "year=2018", 0), cases, pa.array([]))
        tx.commit()


@pytest.mark.parametrize(
    ("public", "pieces", "fires"),
    [
        pytest.param(0, ["upheld", "overturned"], [False, False], id="pieces of one run are not held against another"),
        pytest.param(20, ["upheld", "overturned"], [False, True], id="the run moves away from what was there"),
        pytest.param(6, ["upheld", "overturned"], [False, False], id="too few were there before the run"),
    ],
)
def test_drift_is_that_of_a_run_against_what_was_public_before_it(
    lake: LakeLayout, rows: Rows, public: int, pieces: list[str], fires: list[bool]
) -> None:
    so_far, stage, found = gates.SoFar(), StageStore(lake.stage), []
    _publish(lake, rows(CASES, *(_case(n) for n in range(public))))
    for piece, outcome in enumerate(pieces, 1):
        cases = rows(CASES, *(_case(100 * piece + n, outcome=outcome) for n in range(20)))
        stage.put("extract", str(piece), {"cases": cases, "decisions": rows(DECISIONS)})
        letters = tuple(
            LetterRef(document, ".txt", "file:///a.txt", "a.txt", 1) for document in cases["document_id"].to_pylist()
        )
        batch = StagedBatch(letters, {"extract": str(piece)}, "r2")
        found.append(bool(_fired(gates.drift(LIMITS, lake, stage, [batch], so_far, more_to_come=piece == 1))))
        _publish(lake, cases)
    assert found == fires


REFUSALS = (gates.Refusal(Gate.DRIFT, "x moves"), gates.Refusal(Gate.ERROR_BUDGET, "9 of 9"))


@pytest.mark.parametrize(
    ("accepted", "held"),
    [
        pytest.param([], "drift: x moves; error_budget: 9 of 9. .*--accept drift --accept error_budget", id="none"),
        pytest.param([Gate.DRIFT], "^gate_refused: error_budget: 9 of 9", id="one"),
    ],
)
def test_all_refusals_are_said_at_once_with_the_way_to_overrule_them(accepted: list[Gate], held: str) -> None:
    with pytest.raises(LakeError, match=held) as caught:
        gates.pass_gates(REFUSALS, accepted)
    assert caught.value.code == Code.GATE_REFUSED


def test_what_is_accepted_passes_and_is_told() -> None:
    assert gates.pass_gates(REFUSALS, list(Gate)) == REFUSALS
    assert gates.pass_gates([], []) == ()


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (3, 3), (None, None)])
def test_days_without_a_new_letter(
    lake: LakeLayout, rows: Rows, document_id: Ids, days: int | None, expected: int | None
) -> None:
    if days is not None:
        seen = dt.datetime.now(dt.UTC) - dt.timedelta(days=days, hours=1)
        older = {"document_id": document_id(2), "first_seen_at": seen - dt.timedelta(days=9)}
        with writing(lake, "r1") as tx:
            new = rows(DOCUMENTS, {"document_id": document_id(1), "first_seen_at": seen}, older)
            tx.upsert(Partition("documents", "year=2018", 0), new, pa.array([]))
            tx.commit()
    assert gates.days_without_new(lake) == expected
