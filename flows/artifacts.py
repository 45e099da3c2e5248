"""What a run leaves in the UI for people: tables, a report and the way to its lake.

No letter text: codes, counts and file names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact

from flows.report import in_a_sentence
from imr.fingerprint import LETTER_STEPS
from imr.lake.layout import LakeLayout
from imr.publication.quarantine import Entry
from imr.publication.refused import RefusedRun
from imr.publication.run_summary import RunSummary

_STEPS = ("fetch", *LETTER_STEPS, "publish")
_STATUSES = ("ok", "skipped", "retried", "quarantined", "failed")
_FILES_NAMED = 200  # rows of the quarantine artifact; the table itself has them all
_BAR = 30
"""Characters of the longest bar of a chart."""


def leave_artifacts(summary: RunSummary, lake: LakeLayout) -> None:
    """Put counts and time per step, files in quarantine, the slowest ones and a report where the UI shows them."""
    steps = [
        {"step": step, **{s: counts.get(s, 0) for s in _STATUSES}, "seconds": summary.step_ms.get(step, 0) / 1000}
        for step in _STEPS
        if (counts := summary.steps.get(step))
    ]
    create_table_artifact(key="letters-steps", table=steps, description="Files per step, how each ended, and time")
    create_table_artifact(
        key="letters-quarantine", table=_named(summary.quarantined), description="Files in quarantine, by code"
    )
    slowest = [{"file": name, "seconds": ms / 1000} for name, ms in summary.slowest]
    create_table_artifact(key="letters-slowest", table=slowest, description="Files that took longest, in all steps")
    create_markdown_artifact(
        key="letters-summary", markdown=summary_page(summary, lake), description=in_a_sentence(summary)
    )
    link_tables(lake)


def leave_refused(run: RefusedRun) -> None:
    """Put the files of a run that was refused where the UI shows them."""
    create_table_artifact(key="letters-refused", table=_named(run.files), description=f"Refused: {plain(run.why)}")


def _named(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """The first files in quarantine as rows."""
    ordered = sorted(entries, key=lambda entry: (entry.error_code, entry.source_name))
    return [
        {"code": entry.error_code, "step": entry.step, "file": entry.source_name, "runs": entry.attempts}
        for entry in ordered[:_FILES_NAMED]
    ]


def plain(text: str) -> str:
    """A text of whoever named a file, as Markdown in which nothing is HTML, a link or a cell's end."""
    return re.sub(r"([\\`*_\[\]|<>!#~&])", lambda found: f"&#{ord(found[0])};", text).replace("\n", " ")


def link_tables(lake: LakeLayout) -> None:
    """Leave the way to a lake's tables."""
    tables = lake.tables.absolute()
    create_link_artifact(key="letters-lake", link=tables.as_uri(), link_text=str(tables), description="The tables")


def summary_page(summary: RunSummary, lake: LakeLayout) -> str:
    """The run as a page of Markdown."""
    codes = Counter(entry.error_code for entry in summary.quarantined)
    ends = {
        "published": summary.files_published,
        "known already": summary.files_skipped,
        "in quarantine": summary.files_quarantined,
    }
    lines = [f"# {in_a_sentence(summary)}", *chart("files", ends)]
    lines += chart("seconds, over all workers", {step: summary.step_ms.get(step, 0) / 1000 for step in _STEPS})
    lines += ["", "| | |", "|---|---|", f"| tables | {plain(str(lake.tables.absolute()))} |"]
    lines += [f"| run | `{summary.run_id}` |", f"| commit | `{summary.commit_id}` |"]
    lines += [f"| rows added, replaced | {summary.rows_added:,}, {summary.rows_removed:,} |"]
    lines += ["", *(f"Accepted: {plain(refusal)}" for refusal in summary.accepted)]
    lines += _section("In quarantine, by code", codes)
    lines += _section("Warnings on published letters", summary.warnings)
    lines += _section("Files of other kinds, passed over", summary.passed_over)
    if codes:
        lines += ["", f"Look at one: `imr quarantine show FILE --lake` {plain(str(lake.root))}"]
    return "\n".join(lines)


def chart(unit: str, values: Mapping[str, float]) -> list[str]:
    """Some values as lines of Markdown with a bar each."""
    most = max(values.values(), default=0)
    if not most:
        return []
    width = max(map(len, values))
    bars = (f"{name:<{width}} {_bar(value / most)} {_number(value)}" for name, value in values.items())
    return ["", "```", f"{'':<{width}} {unit}", *bars, "```"]


def _bar(share: float) -> str:
    eighths = round(share * _BAR * 8) or (1 if share else 0)  # what is there is seen
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _section(title: str, counts: Mapping[str, int]) -> list[str]:
    if not counts:
        return []
    rows: Iterable[str] = (f"| `{name or 'no suffix'}` | {count:,} |" for name, count in sorted(counts.items()))
    return ["", f"## {title}", "", "| | |", "|---|---|", *rows]
