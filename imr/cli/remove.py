"""`imr remove`: letters out of a lake for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import out
from imr.cli.options import DEFAULT_LAKE, LakeFolder, LockTimeout, subcommand
from imr.lake.layout import LakeLayout
from imr.upkeep.removal import remove as remove_documents

app = subcommand()


@app.command()
def remove(
    letters: Annotated[list[str], typer.Argument(help="Case numbers, file names or document ids.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the table `removals`.")],
    lake: LakeFolder = DEFAULT_LAKE,
    withdraw_releases: Annotated[
        bool, typer.Option("--withdraw-releases", help="Remove the releases that hold them as well.")
    ] = False,
    lock_timeout: LockTimeout = 60.0,
) -> None:
    """Remove letters from every table, the stage and the raw bytes, for good: they do not come back with their source.

    Exit code 1 when the lake knows none of them, or when releases still hold them.
    """
    raise typer.Exit(0 if remove_letters(lake, letters, reason, lock_timeout, withdraw=withdraw_releases) else 1)


def remove_letters(root: Path, letters: Sequence[str], reason: str, lock_timeout: float, *, withdraw: bool) -> bool:
    """Remove the letters that some names mean; False when one means nothing, or releases still hold them."""
    removal = remove_documents(LakeLayout(root), letters, reason, lock_timeout, withdraw_releases=withdraw)
    if removal.unknown:
        out.print(f"Nothing was removed: the lake does not know {', '.join(removal.unknown)}", markup=False)
        return False
    count = len(removal.document_ids)
    out.print(f"Removed {count} letters with {removal.rows_removed} rows; they will not come back.")
    for name in removal.withdrawn:
        out.print(f"Withdrew release {name}.")
    if removal.still_in:
        out.print(f"Still in releases: {', '.join(removal.still_in)}. Run again with --withdraw-releases.")
    return not removal.still_in
