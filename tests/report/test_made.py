"""The page and the workbook: that they are whole, load nothing, and take no word of a letter for more than a word."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.chart import BarChart

from imr.aggregation.outcomes import FEWEST
from imr.lake.layout import LakeLayout
from imr.report.beside import beside_published
from imr.report.charts import chart, shown
from imr.report.figures import Figure, Part, parts, published
from imr.report.made import PAGE, WORKBOOK, report_files, write_report
from imr.report.measured import MeasuredFigure, MeasuredLake, measure, with_rates
from imr.report.page import ROWS_SHOWN, render
from imr.report.workbook import workbook
from imr.report.workbook_charts import SHEET
from imr.upkeep.releases import make_release, verify_release

HOSTILE = '<script>alert(1)</script>"&=HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def measured(many_letters: LakeLayout) -> MeasuredLake:
    return measure(many_letters)


@pytest.fixture(scope="module")
def page(measured: MeasuredLake) -> str:
    return render(measured)


def _of(rows: dict[str, list[Any]]) -> MeasuredLake:
    """A report of one figure with these rows."""
    figure = Figure("one", "One?", "outcomes", "groups", "So.", "SELECT 1")
    counts = with_rates(pa.table(rows))
    total = dict.fromkeys(("decisions", "upheld", "overturned", "partially_overturned"), 0)
    whole = total | {"overturned_share": None, "low": None, "high": None}
    return MeasuredLake("", "", 0, whole, ((Part("p", "P", (figure,)), (MeasuredFigure(figure, counts),)),), None)


def _hostile() -> MeasuredLake:
    counts = {"decisions": [FEWEST], "upheld": [FEWEST], "overturned": [0], "partially_overturned": [0]}
    return _of({"source": [HOSTILE], **counts})


class _Seen(HTMLParser):
    """The tags of a page, the names of the attributes that load or run something, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.loads: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id" and not (value or "").startswith(("gradient", "clip")):
                self.ids.append(value or "")
            elif name == "href" and (value or "").startswith("#"):
                self.links.add((value or "")[1:])
            elif name == "src" or name.startswith("on") or (tag == "link"):
                self.loads.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_has_every_figure_and_loads_and_runs_nothing(page: str) -> None:
    seen = _Seen(page)
    assert {figure.name for part in parts() for figure in part.figure} <= set(seen.ids)
    assert len(set(seen.ids)) == len(seen.ids)
    assert seen.links <= set(seen.ids)
    assert (seen.loads, "script" in seen.tags, "svg" in seen.tags) == ([], False, True)
    assert "default-src &#39;none&#39;" in page
    assert len(page.encode()) < 2_000_000


@pytest.mark.parametrize("figure", [f for part in parts() for f in part.figure], ids=lambda figure: figure.name)
def test_each_figure_stands_with_its_reading_and_its_query(measured: MeasuredLake, page: str, figure: Figure) -> None:
    words = _Seen(page.partition(f'<article id="{figure.name}">')[2].partition("</article>")[0]).words
    rows = next(m.rows.num_rows for m in measured.figures if m.figure == figure)
    assert figure.sql.strip() in words
    assert figure.reading in words or rows == 0
    assert (f"The first {ROWS_SHOWN} of {rows}" in words) == (rows > ROWS_SHOWN)


def test_what_a_letter_says_is_a_word_on_the_page() -> None:
    seen = _Seen(render(_hostile()))
    assert "script" not in seen.tags
    assert seen.words.count("alert(1)") >= 1


def test_what_a_letter_says_is_a_word_in_the_workbook() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(_hostile())))["one"]
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value and "alert" in str(cell.value))
    assert (cell.data_type, cell.hyperlink, cell.value) == ("s", None, HOSTILE)


def test_the_workbook_has_all_rows_of_every_figure(measured: MeasuredLake) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(measured)))
    assert book.sheetnames == ["contents", *(m.figure.name for m in measured.figures), "published", SHEET]
    for figure in measured.figures:
        heads, *rows = list(book[figure.figure.name].iter_rows(min_row=5, values_only=True))
        assert [name for name in heads if name] == figure.rows.column_names
        assert [dict(zip(heads, row, strict=True)) for row in rows] == [
            {name: pytest.approx(value) if isinstance(value, float) else value for name, value in row.items()}
            for row in figure.rows.to_pylist()
        ]


def test_the_workbook_draws_what_the_page_draws(measured: MeasuredLake) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(measured)))
    drawn = {sheet.title: sheet._charts for sheet in book if sheet._charts}
    assert set(drawn) == {each.figure.name for each in measured.figures if chart(each)}
    for figure in (each for each in measured.figures if each.figure.counts == "outcomes" and each.figure.name in drawn):
        (series,) = drawn[figure.figure.name][0].series
        labels, shares, down, up = (
            _cells(book, place)
            for place in (
                series.cat.numRef or series.cat.strRef,
                series.val.numRef,
                series.errBars.minus.numRef,
                series.errBars.plus.numRef,
            )
        )
        rows = shown(figure)
        assert rows is not None
        rows = rows.head(len(labels))
        assert labels == rows["label"].tolist()
        assert shares == pytest.approx(rows["overturned_share"].tolist())
        assert [share - each for share, each in zip(shares, down, strict=True)] == pytest.approx(rows["low"].tolist())
        assert [share + each for share, each in zip(shares, up, strict=True)] == pytest.approx(rows["high"].tolist())


def test_bars_of_the_workbook_grow_from_left_to_right(measured: MeasuredLake) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(measured)))
    charts = [chart for sheet in book for chart in sheet._charts if isinstance(chart, BarChart)]
    assert charts
    for bars in charts:
        values, labels = bars.y_axis, bars.x_axis
        assert (values.scaling.orientation, values.scaling.min, values.number_format.formatCode) == ("minMax", 0, "0%")
        assert (labels.scaling.orientation, values.crosses) == ("maxMin", "max")  # the first label at the top


def test_a_trend_has_gaps_and_no_time_that_is_not_known() -> None:
    counts = {"upheld": [20, 1, 20, 20], "overturned": [4, 1, 4, 4], "partially_overturned": [0] * 4}
    lake = _of({"decision_year": [2017, 2018, 2019, None], "decisions": [24, 2, 24, 24], **counts})
    (figure,) = (replace(each, figure=replace(each.figure, chart="trend")) for each in lake.figures)
    rows = shown(figure)
    assert rows is not None
    assert rows["label"].tolist() == ["2017", "2018", "2019"]
    drawn = chart(figure)
    assert drawn is not None
    (line,) = re.findall(
        r'aria-roledescription="line mark"[^>]*? d="([^"]*)"|mark-line[^>]*>.*?<path[^>]* d="([^"]*)"', drawn
    )[:1]
    assert "L" not in "".join(line)


def _cells(book: openpyxl.Workbook, place: Any) -> list[Any]:
    """The values of the cells to which a chart refers."""
    name, cells = place.f.replace("$", "").rsplit("!", 1)
    first, _, last = cells.partition(":")
    return [row[0].value for row in book[name.strip("'")][f"{first}:{last or first}"]]


def test_a_lake_of_nothing_has_a_report_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    made = report_files(LakeLayout(tmp_path))
    assert "Nothing was published" in made[PAGE].decode()
    assert made[WORKBOOK].startswith(b"PK")


def test_published_figures_name_who_says_so_and_stand_beside_ours(measured: MeasuredLake) -> None:
    ours = {row["decision_year"]: row for row in next(measured.figures).rows.to_pylist()}
    for row in beside_published(measured):
        assert row.letters == ours[row.published.year]["letters"]
        assert row.overturned_share == ours[row.published.year]["overturned_share"]
    for figure in published():
        assert re.match(r"https?://", figure.source)
        assert figure.by
        assert figure.overturned is None or 0 < figure.overturned < 1
    assert [figure.year for figure in published()] == sorted(figure.year for figure in published())


def test_a_release_holds_its_report_among_its_hashes(samples_lake: LakeLayout, tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path / "lake")
    shutil.copytree(samples_lake.root, lake.root)
    release = make_release(lake, "with-report", accompanying=report_files)
    assert {PAGE, WORKBOOK} <= {path.name for path in release.folder.iterdir()}
    assert verify_release(release.folder) == []
    (release.folder / PAGE).write_text("changed")
    assert verify_release(release.folder) == [PAGE]


def test_the_workbook_stands_beside_the_page(many_letters: LakeLayout, tmp_path: Path) -> None:
    page = tmp_path / "outcomes.html"
    assert write_report(many_letters, page) == tmp_path / "outcomes.xlsx"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
