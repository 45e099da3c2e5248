"""`imr status`: what is in a lake and what its last runs did."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import pyarrow.compute as pc
import typer

from imr.cli.console import counted, number_of, out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand
from imr.lake.files import read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.publication.quarantine import entries
from imr.publication.refused import last_refused
from imr.warnings import WarningCode

_RUNS = 10

app = subcommand()


@app.command()
def status(
    lake: LakeFolder = DEFAULT_LAKE,
    warning: Annotated[WarningCode | None, typer.Option(help="List the published letters with this warning.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is published, what is in quarantine, and the last runs; or the letters behind a count of warnings."""
    if warning:
        _list_letters(LakeLayout(lake), warning, as_json=as_json)
        return
    report = read_status(LakeLayout(lake))
    if as_json:
        print_json(report)
        return
    out.print(
        f"Published in {lake}: {number_of(report['letters'], 'letter')}, {number_of(report['decisions'], 'decision')}"
    )
    codes = counted(report["quarantine"])
    out.print(f"In quarantine: {number_of(sum(report['quarantine'].values()), 'file')}{f' ({codes})' if codes else ''}")
    if refused := report["refused"]:
        out.print(
            f"The last run was refused, {number_of(refused['files'], 'file')} of it did not make it: {refused['why']}",
            soft_wrap=True,
        )
    if report["doubtful"]:
        out.print(f"Warnings on published letters: {counted(report['doubtful'])}")
    if report["unread_share"]:
        out.print(f"At most {report['unread_share']:.1%} of a letter's text was not read as a part of it")
    if agreement := report["dwc_agreement"]:
        said = (f"{measure} {same} of {compared}" for measure, (same, compared) in agreement.items())
        out.print(f"DWC's index and the letters say the same: {', '.join(said)}")
    columns = ["files_in", "files_published", "files_skipped", "files_quarantined", "run_id"]
    rows = [[f"{run['committed_at']:%Y-%m-%d %H:%M:%S}", *(run[name] for name in columns)] for run in report["runs"]]
    print_table("Last runs (UTC)", ["committed", "files", "published", "known", "quarantined", "run"], rows)


def _list_letters(lake: LakeLayout, warning: WarningCode, *, as_json: bool) -> None:
    columns = ["case_number", "source_name", "document_id"]
    documents = read_table(lake, "documents", [*columns, "warnings"]).to_pylist()
    rows = [{name: row[name] for name in columns} for row in documents if warning in row["warnings"]]
    rows.sort(key=lambda row: (row["case_number"] or "", row["source_name"]))
    if as_json:
        print_json(rows)
    else:
        print_table(f"{number_of(len(rows), 'letter')} with {warning}", columns, [list(row.values()) for row in rows])


def read_status(lake: LakeLayout) -> dict[str, Any]:
    """Counts of letters, decisions, quarantined files and warnings by code, the last
    run if it was refused, the greatest share of a letter that was
    not read, how many values DWC's index and the letters agree on (same, compared) by measure, and the last runs,
    newest first.
    """
    commits = read_table(lake, "commits").to_pylist()
    documents = read_table(lake, "documents", ["warnings", "unread_share"])
    return {
        "letters": _rows(lake, "documents"),
        "decisions": _rows(lake, "decisions"),
        "quarantine": dict(Counter(entry.error_code for entry in entries(lake))),
        "refused": _refused(lake),
        "doubtful": dict(Counter(pc.list_flatten(documents["warnings"]).to_pylist())),
        "unread_share": pc.max(documents["unread_share"]).as_py(),
        "dwc_agreement": _agreement(lake),
        "runs": sorted(commits, key=lambda row: row["committed_at"], reverse=True)[:_RUNS],
    }


def _refused(lake: LakeLayout) -> dict[str, Any] | None:
    run = last_refused(lake)
    return (
        {"run_id": run.run_id, "refused_at": run.refused_at, "why": run.why, "files": len(run.files)} if run else None
    )


def _agreement(lake: LakeLayout) -> dict[str, tuple[int, int]]:
    rows = read_table(lake, "dwc_agreement", ["measure", "same", "compared"])
    sums = rows.group_by("measure", use_threads=False).aggregate([("same", "sum"), ("compared", "sum")])
    return {row["measure"]: (row["same_sum"], row["compared_sum"]) for row in sums.to_pylist()}


def _rows(lake: LakeLayout, table: str) -> int:
    return sum(read_parquet(lake.file(partition), []).num_rows for partition in lake.partitions(table))
