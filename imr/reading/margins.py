"""The lines of a page that stand apart in its margins, as running headers and footers do."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from statistics import median_low

_MARGIN = 72.0  # points: the margin of a letter page, into which no line of its text reaches
_APART = 1.6  # times the usual distance of two lines
_USUAL = 14.0  # points: the distance where a page has too few lines to tell


def margin_lines(baselines: Mapping[int, float], height: float) -> tuple[int, ...]:
    """The offsets of the lines above or below everything else on a page of some height, in points.

    `baselines` says how high each line stands, by its offset. Such a line has its baseline in the page's margin, and
    more room than lines of one text between itself and the rest of the page.
    """
    levels = sorted(set(baselines.values()))
    gaps = [above - below for below, above in pairwise(levels)]
    apart = _APART * (median_low(gaps) if len(gaps) > 1 else _USUAL)
    low = next((n for n, gap in enumerate(gaps, 1) if gap > apart and levels[n - 1] < _MARGIN <= levels[n]), 0)
    high = next(
        (n for n, gap in enumerate(gaps, 1) if gap > apart and levels[n - 1] <= height - _MARGIN < levels[n]), 0
    )
    outside = {*levels[:low], *(levels[high:] if high else ())}
    return tuple(start for start, level in baselines.items() if level in outside)
