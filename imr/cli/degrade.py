"""`imr degrade`: letters as scans of themselves, to measure what OCR loses."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import err, number_of, out
from imr.cli.options import subcommand

app = subcommand()


class Level(StrEnum):
    """How bad scans are, as `imr.synthetic.degrade` has it."""

    NORMAL = "normal"
    HARD = "hard"


@app.command()
def degrade(
    letters: Annotated[Path, typer.Argument(help="Folder of PDFs.")],
    folder: Annotated[Path, typer.Argument(help="Folder to write to; made if it is not there.")],
    level: Annotated[Level, typer.Option(help="How bad the scans are.")] = Level.NORMAL,
    seed: Annotated[int, typer.Option(help="The same seed gives the same scans.")] = 0,
) -> None:
    """Turn letters into scans of themselves: PDFs of images, askew, blurred and speckled, to measure what OCR loses.

    Example: imr degrade letters/ scans/ --level hard
    """
    from imr.synthetic import degrade as scanning

    with err.status("Scanning"):
        written = scanning.write_scans(letters.glob("*.pdf"), folder, scanning.Level(level), seed)
    out.print(f"{number_of(written, 'scan')}: {folder}")
