"""`imr status`: what is in a lake and what its last runs did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import counted, number_of, out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand
from imr.warnings import WarningCode

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout

app = subcommand()


@app.command()
def status(
    lake: LakeFolder = DEFAULT_LAKE,
    warning: Annotated[WarningCode | None, typer.Option(help="List the published letters with this warning.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is published, what is in quarantine, and the last runs; or the letters behind a count of warnings."""
    from imr.lake.layout import LakeLayout
    from imr.publication.lake_status import read_status

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
    columns = ["files_in", "files_published", "files_skipped", "files_quarantined", "commits", "run_id"]
    rows = [[f"{run['committed_at']:%Y-%m-%d %H:%M:%S}", *(run[name] for name in columns)] for run in report["runs"]]
    print_table("Last runs (UTC)", ["committed", "files", "published", "known", "quarantined", "commits", "run"], rows)


def _list_letters(lake: LakeLayout, warning: WarningCode, *, as_json: bool) -> None:
    from imr.lake.views import rows_where

    columns = ["case_number", "source_name", "document_id"]
    found = rows_where(lake, "documents", "list_contains(warnings, $warning)", {"warning": warning.value}, columns)
    rows = [row for piece in found for row in piece.to_pylist()]
    rows.sort(key=lambda row: (row["case_number"] or "", row["source_name"]))
    if as_json:
        print_json(rows)
    else:
        print_table(f"{number_of(len(rows), 'letter')} with {warning}", columns, [list(row.values()) for row in rows])
