"""Making the report: the files of it, and putting them where they belong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from imr.lake.files import lake_errors, write_durably
from imr.lake.layout import LakeLayout
from imr.report.measured import measure
from imr.report.page import render
from imr.report.workbook import workbook

PAGE, WORKBOOK = "report.html", "report.xlsx"


def report_files(tables: LakeLayout, lake: LakeLayout | None = None) -> Mapping[str, bytes]:
    """The page and the workbook by their names, both of one state of the tables.

    Args:
        tables: The lake, or the folder of a release.
        lake: Where the last measurement of accuracy is kept; `tables` unless told.

    Raises:
        LakeError: `lake_damaged` or `lake_locked`, as `measure` has it.
    """
    measured = measure(tables, lake)
    return {PAGE: render(measured).encode(), WORKBOOK: workbook(measured)}


def write_report(lake: LakeLayout, page: Path) -> Path:
    """Write the page, and the workbook beside it under the same name; returns the workbook's path.

    Raises:
        LakeError: also `lake_write_failed`.
    """
    made = report_files(lake)
    beside = page.with_suffix(".xlsx")
    with lake_errors():
        write_durably(page, made[PAGE])
        write_durably(beside, made[WORKBOOK])
    return beside
