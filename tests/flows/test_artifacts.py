"""The report of a run: its chart and its tables."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path

import pytest

from flows.artifacts import chart, summary_page
from imr.errors import Code
from imr.lake.layout import LakeLayout
from imr.publication.run_summary import RunSummary
from tests.publication.quarantined import entry


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"a": 0}, [], id="only nothing"),
        pytest.param(
            {"all": 60, "half": 30, "one": 1, "none": 0},
            ["     files", "all  " + "█" * 30 + " 60", "half " + "█" * 15 + " 30", "one  ▌ 1", "none  0"],
            id="bars are as long as their values",
        ),
        pytest.param(
            {"many": 6_000, "one": 1},
            ["     files", "many " + "█" * 30 + " 6,000", "one  ▏ 1"],
            id="what is there is seen, however little it is",
        ),
    ],
)
def test_a_chart(values: dict[str, float], lines: list[str]) -> None:
    drawn = chart("files", values)
    assert drawn == (["", "```", *lines, "```"] if lines else [])


def test_a_summary_counts_what_became_of_the_files() -> None:
    entries = (entry(Code.NO_TEXT), entry(Code.NO_TEXT), entry(Code.PDF_DAMAGED))
    done = RunSummary("r1", "c1", 1_234, 1_200, 31, 3, 3, 99, 7, 2_500, (), entries, {"extract": {"ok": 3}}, {"w": 4})
    page = summary_page(replace(done, passed_over={".doc": 5}), LakeLayout(Path("/lakes/mine")))
    for said in (
        "# 1,234 files: 1,200 published with 2,500 decisions, 31 known already, 3 in quarantine",
        "| `no_text` | 2 |",
        "| `pdf_damaged` | 1 |",
        "| `w` | 4 |",
        "| `.doc` | 5 |",
        "/lakes/mine/tables",
        "`c1`",
    ):
        assert said in page


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "a`b", "[x](javascript:y)", "a|b", "a\nb", "&lt;b&gt;"]
)
def test_a_lakes_name_is_no_markup_of_the_page(name: str) -> None:
    done = RunSummary("r1", "c1", 1, 0, 0, 1, 1, 0, 0, 0, (), (entry(Code.NO_TEXT),))
    page = summary_page(done, LakeLayout(Path("/lakes") / name))
    line = next(line for line in page.splitlines() if line.startswith("| tables |"))
    assert html.unescape(line) == f"| tables | /lakes/{name}/tables |".replace("\n", " ")
    assert not set("<>`[]") & set(line)
    assert name not in page
