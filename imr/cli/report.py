"""`imr report`: what the tables say, as a page that anyone can read and as a workbook."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import number_of, out, print_json
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand

app = subcommand()

DEFAULT_PAGE = Path("report.html")
WITHOUT_CHARTS = "the report needs what draws its charts: pip install 'imr-letters[report]'"


def can_be_drawn() -> bool:
    """Whether what the report is made with is installed."""
    return all(map(find_spec, ("altair", "vl_convert")))


@app.command()
def report(
    lake: LakeFolder = DEFAULT_LAKE,
    page: Annotated[Path, typer.Option("--output", "-o", help="The page; its workbook goes beside.")] = DEFAULT_PAGE,
    as_json: AsJson = False,
) -> None:
    """Write the report: outcomes by year, treatment, drug, reviewer and guideline, with the query of each number.

    Example: imr report --lake my_lake -o report.html
    """
    if page.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(f"the page is an HTML file: {page.with_suffix('.html')}")
    if not page.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {page.absolute().parent}")
    if not can_be_drawn():
        raise typer.BadParameter(WITHOUT_CHARTS)
    from imr.lake.layout import LakeLayout
    from imr.report.made import write_report  # what draws the charts takes a while to load

    workbook = write_report(LakeLayout(lake), page)
    if as_json:
        print_json({"page": str(page), "workbook": str(workbook), "bytes": page.stat().st_size})
        return
    out.print(f"{page}, {number_of(page.stat().st_size, 'byte')}, and the same as {workbook}", soft_wrap=True)
