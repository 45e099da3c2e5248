"""`imr synthetic`: synthetic letters for trials and benchmarks."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import err, number_of, out
from imr.cli.options import subcommand

app = subcommand()


class Form(StrEnum):
    """The file forms that synthetic letters are written in."""

    TXT = "txt"
    PDF = "pdf"


@app.command()
def synthetic(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; made if it is not there.")],
    count: Annotated[int, typer.Option(min=1, help="How many letters.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same letters.")] = 0,
    form: Annotated[Form, typer.Option(help="Write text files or PDFs (needs the synthetic extra).")] = Form.TXT,
    labels: Annotated[Path | None, typer.Option(help="Folder for the truth about each letter, as JSON.")] = None,
) -> None:
    """Write synthetic letters for trials and benchmarks: nobody's, but in the form and wording of real ones."""
    from imr.synthetic.writing import write_letters

    with err.status(f"Writing {count} letters"):
        written = write_letters(folder, count, seed, form.value, labels=labels)
    out.print(f"{number_of(written, 'letter')} of seed {seed}: {folder}")
