"""All advice that is given is tried by a test, or it is said here why none can."""

from __future__ import annotations

import re

import pytest

from imr.errors import Code, Fault
from imr.warnings import WarningCode
from tests.docs.pages import ROOT
from tests.flows import test_advised_files, test_advised_hosts, test_advised_runs
from tests.upkeep import test_advice, test_advised_pages
from tests.upkeep.advice_given import given

GATES, MONITORS = "tests/flows/test_gates_and_replay.py", "tests/reliability/endings.py"
ENGINES = "tests/flows/test_engines.py"
KILLS, ENDINGS = "tests/operated/test_kills.py", "tests/reliability/test_endings.py"

ELSEWHERE = {
    "doctor: CHANGED_COPY": (
        "tests/upkeep/test_advice.py::test_bytes_in_quarantine_that_were_changed_are_deleted_and_fetched_again"
    ),
    "doctor: LIST_AGAIN": "tests/flows/test_dwc.py::test_rows_of_the_index_that_are_lost_are_listed_again_as_advised",
    "doctor: NAME_RUNS": ("tests/upkeep/test_run_names.py::test_they_are_made_to_name_the_run_that_published_them"),
    "code: batch_failed": "tests/flows/test_letters.py::test_a_batch_that_fails_holds_up_no_other",
    "code: engine_failed": f"{ENGINES}::test_a_scheduler_that_is_not_there_fails_the_run",
    "code: engine_refused": f"{ENGINES}::test_a_worker_with_another_version_of_the_code_is_refused_by_name",
    "code: gate_refused": f"{GATES}::test_a_run_over_its_error_budget_publishes_nothing",
    "code: lake_damaged": "tests/upkeep/test_advice.py::test_doing_what_is_advised_heals",
    "code: lake_outdated": "tests/upkeep/test_advice.py::test_doing_what_is_advised_heals",
    "code: release_exists": "tests/upkeep/test_releases.py::test_names",
    "code: release_missing": "tests/upkeep/test_releases.py::test_names",
    "code: remote_store_failed": (
        "tests/upkeep/test_object_store.py::test_an_upload_that_was_broken_off_points_nowhere_and_goes_on"
    ),
    "code: store_differs": "tests/lake/test_shared_store.py::test_a_store_is_remembered_and_another_refused",
    "code: store_unsafe": "tests/lake/test_shared_store.py::test_a_store_that_overwrites_is_refused_before_anything_is_in_it",
    "operating: Ctrl-C or SIGTERM on imr run": f"{ENDINGS}::test_a_signal_ends_a_run_and_all_that_belongs_to_it",
    "operating: Cancel in the UI": f"{ENDINGS}::test_a_cancellation_ends_a_run_that_no_worker_has",
    "operating: the disk is full": (
        "tests/reliability/test_full_disk.py::test_a_commit_on_a_full_disk_fails_and_the_next_run_brings_all_in"
    ),
    "operating: the process of a run is killed": (
        f"{KILLS}::test_a_run_whose_process_is_killed_has_crashed_and_a_retry_finishes_it"
    ),
    "operating: the worker": f"{KILLS}::test_a_run_whose_worker_is_killed_ends_clearly",
    "operating: the worker, while a run is pending": f"{MONITORS}::stranded",
    "operating: worker and run at once": f"{MONITORS}::killed",
    "operating: server, worker and run at once, as when a machine is started anew": f"{MONITORS}::killed",
    "operating: imr run killed with SIGKILL": (
        "tests/reliability/test_killed_runs.py::test_a_killed_run_is_made_good_by_the_next"
    ),
    "operating: the server": f"{KILLS}::test_a_run_outlives_its_server",
    "pruning: quarantine/": f"{GATES}::test_a_replay_reads_the_kept_bytes_and_empties_the_quarantine",
    "pruning: left-overs of killed runs": (
        "tests/upkeep/test_doctor.py::test_left_overs_are_named_and_swept_when_asked"
    ),
    "pruning: set_aside/": "tests/upkeep/test_advice.py::test_removing_a_letter_clears_what_was_set_aside",
    "pruning: search/": "tests/explorer/test_making.py::test_a_damaged_index_is_made_anew",
    "pruning: letters": "tests/upkeep/test_removal.py::test_nothing_is_left_of_a_removed_letter",
    "pruning: Removing a letter": "tests/upkeep/test_removal.py::test_a_removed_letter_does_not_come_back_with_its_source",
}
"""Advice that another test brings about, and follows."""

OF_THE_LETTER = "Nothing is harmed: it says how to take what the letter says, or to look at the letter."

NOT_TRIED = {
    **{f"code: {code}": OF_THE_LETTER for code in WarningCode},
    f"code: {Code.NEEDS_OCR}": "Installing a package: tests/api/test_scans.py has what is said without it.",
    f"code: {Code.ITEMS_DISAGREE}": "What heals is a version that reads the form; that it is tried again then, in "
    f"{GATES}.",
    **{
        f"code: {code}": "Every run tries again, which tests/publication/test_quarantine.py shows of all such codes."
        for code in Code
        if code.fault in (Fault.RESOURCES, Fault.MACHINE, Fault.OURS) and code is not Code.BATCH_FAILED
    },
    f"code: {Code.SOURCE_UNREADABLE}": "Permissions or a disk to mend; every run tries again.",
    f"code: {Code.TOO_MANY_PARTS}": "As of other files that are hardly letters; how one ends is in test_monsters.py.",
    f"code: {Code.LABELS_UNREADABLE}": "Nothing was done: it is a path or a file of one's own to correct.",
    "pruning: Prefect's database in .imr/": "Of Prefect, not of a lake: every test begins without one.",
    "upgrading: Upgrading": "It installs the project: tests/packaging.",
}
"""Advice that no test can follow, or that heals nothing, and why."""

TRIED = (
    test_advice.TRIED
    | test_advised_files.TRIED
    | test_advised_hosts.TRIED
    | test_advised_runs.TRIED
    | test_advised_pages.TRIED
)


def test_all_advice_is_tried_or_said_why_not() -> None:
    keys = [advice.key for advice in given()]
    assert len(set(keys)) == len(keys)
    assert set(keys) == TRIED | ELSEWHERE.keys() | NOT_TRIED.keys()
    assert not (TRIED | ELSEWHERE.keys()) & NOT_TRIED.keys()


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_what_is_tried_elsewhere_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"def {name}\b", (ROOT / path).read_text(encoding="utf-8"))
