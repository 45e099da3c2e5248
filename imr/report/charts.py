"""The charts of the report, as SVG drawn when it is made: the page needs no script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import altair as alt
import pandas as pd
import vl_convert

from imr.report.figures import Chart
from imr.report.measured import MeasuredFigure

INK, ACCENT = "#101112", "#131415"
"""Stand for the page's own colours, which follow the reader's light or dark setting; `chart` puts those in."""

_WIDTH = 640
MOST_GROUPS = 20
_FEWEST_ROWS: Mapping[Chart, int] = {"trend": 2, "groups": 1, "days": 1}
_LABEL_LENGTH = 260  # pixels

_CONFIG: Mapping[str, Any] = {
    "background": "transparent",
    "font": "Arial, Helvetica, sans-serif",
    "padding": 12,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK, "titleColor": INK, "tickColor": INK, "domainColor": INK, "gridColor": INK,
        "gridOpacity": 0.12, "domainOpacity": 0.4, "tickOpacity": 0.4, "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal", "labelLimit": _LABEL_LENGTH,
    },
    "header": {"labelColor": INK, "titleColor": INK, "labelFontSize": 12},
}  # fmt: skip

_GAP: Final = "break-paths-show-domains"
"""What a line does where there is no rate."""

_SHARE = alt.Axis(format="%", title="overturned, wholly or in part", tickCount=6)


def chart(measured: MeasuredFigure) -> str | None:
    """The SVG of a figure; None where it is not drawn, or too few of its groups are large enough to be."""
    frame = shown(measured)
    if frame is None:
        return None
    draw = _DRAWN[measured.figure.chart]
    specification = draw(frame).configure(**_CONFIG).to_dict()
    svg: str = vl_convert.vegalite_to_svg(json.dumps(specification))
    return svg.replace(INK, "currentColor").replace(ACCENT, "var(--accent)")


def shown(measured: MeasuredFigure) -> pd.DataFrame | None:
    """The rows that the chart of a figure shows, each with its group's `label`; None where it is not drawn.

    These are the rows that have a rate, where there are rates; of a trend all that have a time, so that it has gaps.
    """
    kind = measured.figure.chart
    frame: pd.DataFrame = measured.rows.to_pandas()
    groups = frame[measured.groups].astype(object)
    frame["label"] = [" · ".join(named(value) for value in row) for row in groups.itertuples(index=False)]
    rated = frame[frame["low"].notna()] if "low" in frame else frame
    if kind not in _FEWEST_ROWS or len(rated) < _FEWEST_ROWS[kind]:
        return None
    return frame[groups.notna().all(axis=1)] if kind == "trend" else rated


def named(value: object) -> str:
    """A group's name for people: that of no value too."""
    if value is None or value != value:  # pandas has NaN for a null number
        return "not known"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _trend(frame: pd.DataFrame) -> alt.TopLevelMixin:
    base = alt.Chart(frame, width=_WIDTH, height=240).encode(
        x=alt.X("label:O", title=None, axis=alt.Axis(labelAngle=0 if len(frame) <= 14 else -60))
    )
    share = alt.Y("overturned_share:Q", axis=_SHARE, scale=alt.Scale(zero=True))
    return alt.layer(
        base.mark_area(opacity=0.18, color=ACCENT, invalid=_GAP).encode(y=alt.Y("low:Q", axis=_SHARE), y2="high:Q"),
        base.mark_rule(color=ACCENT, opacity=0.35).encode(y=alt.Y("low:Q", axis=_SHARE), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeWidth=2, invalid=_GAP).encode(y=share),
        base.mark_point(color=ACCENT, filled=True, size=45, opacity=1).encode(y=share),
    )


def _groups(frame: pd.DataFrame) -> alt.TopLevelMixin:
    base = alt.Chart(frame.head(MOST_GROUPS), width=_WIDTH - _LABEL_LENGTH, height=alt.Step(22)).encode(
        y=alt.Y("label:N", sort=None, title=None)
    )
    share = alt.X("overturned_share:Q", axis=_SHARE, scale=alt.Scale(zero=True))
    return alt.layer(
        base.mark_rule(color=ACCENT, opacity=0.45, strokeWidth=4, strokeCap="round").encode(
            x=alt.X("low:Q", axis=_SHARE), x2="high:Q"
        ),
        base.mark_point(color=ACCENT, filled=True, size=70, opacity=1).encode(x=share),
    )


def _days(frame: pd.DataFrame) -> alt.TopLevelMixin:
    frame = frame.assign(year=frame["case_year"].map(named), stage=frame["stage"].str.replace("_", " "))
    base = alt.Chart(frame, width=_WIDTH - _LABEL_LENGTH, height=alt.Step(18)).encode(
        y=alt.Y("year:O", title=None), x=alt.X("days_p25:Q", title="days")
    )
    layers = alt.layer(
        base.mark_bar(color=ACCENT, opacity=0.3, height=10).encode(x2="days_p75:Q"),
        base.mark_tick(color=ACCENT, thickness=3, height=14).encode(x="days_median:Q"),
        data=frame,
    )
    return layers.facet(row=alt.Row("stage:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left")))


_DRAWN: Mapping[Chart, Callable[[pd.DataFrame], Any]] = {"trend": _trend, "groups": _groups, "days": _days}
