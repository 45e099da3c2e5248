"""`imr explain`: one letter beside its rows, as an HTML page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import out
from imr.cli.options import DEFAULT_LAKE, LakeFolder, subcommand

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout

app = subcommand()

_NOT_IN_A_NAME = re.compile(r"[^\w.-]")


@app.command()
def explain(
    letter: Annotated[str, typer.Argument(help="A case number, a file's name, or (the start of) a document id.")],
    lake: LakeFolder = DEFAULT_LAKE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write. Default: CASE.html.")] = None,
) -> None:
    """Write one letter as an HTML page on which every value shows the words it came from.

    Exit code 1 when the lake has no such letter.

    Example: imr explain CM17-0001234
    """
    raise typer.Exit(0 if write_page(lake, letter, output) else 1)


def write_page(root: Path, wanted: str, output: Path | None) -> Path | None:
    """Write the page of the letter that a case number, file name or id means; None where none is published.

    Raises:
        LakeError: a table cannot be read.
    """
    from imr.explaining.letter_view import letter_view
    from imr.explaining.page import render
    from imr.lake.layout import LakeLayout
    from imr.lake.lookup import find_documents

    lake = LakeLayout(root)
    documents = find_documents(lake, wanted)
    if not documents:
        out.print(_why_not(lake, wanted), soft_wrap=True)
        return None
    document = documents[0]
    stem = document["case_number"] or Path(document["source_name"]).stem
    file = output or Path(f"{_NOT_IN_A_NAME.sub('_', stem)}.html")
    file.write_text(render(letter_view(lake, document)), encoding="utf-8")
    more = f" (the newest of {len(documents)} letters)" if len(documents) > 1 else ""
    out.print(f"{file}: {document['source_name']}{more}", soft_wrap=True)
    return file


def _why_not(lake: LakeLayout, wanted: str) -> str:
    from imr.publication.quarantine import chosen

    if kept_back := chosen(lake, files=[wanted]):
        return f"{wanted} is in quarantine: {kept_back[0].error_code}"
    return f"No letter of that case number, file name or id is published: {wanted}"
