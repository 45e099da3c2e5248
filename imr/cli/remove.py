"""`imr remove`: letters out of a lake for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import out
from imr.cli.options import DEFAULT_LAKE, LakeFolder, LockTimeout, subcommand
from imr.lake.layout import LakeLayout
from imr.lake.lookup import find_documents
from imr.publication.quarantine import chosen
from imr.upkeep.releases import released_as, withdraw_release
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
    lake = LakeLayout(root)
    meant = {letter: _documents(lake, letter) for letter in letters}
    if unknown := [letter for letter, ids in meant.items() if not ids]:
        out.print(f"Nothing was removed: the lake does not know {', '.join(unknown)}", markup=False)
        return False
    removal = remove_documents(lake, {id_ for ids in meant.values() for id_ in ids}, reason, lock_timeout)
    count = len(removal.document_ids)
    out.print(f"Removed {count} letters with {removal.rows_removed} rows; they will not come back.")
    if withdraw:
        for name in removal.still_in:
            withdraw_release(lake, name, lock_timeout)
            out.print(f"Withdrew release {name}.")
        return True
    if removal.still_in:
        out.print(f"Still in releases: {', '.join(removal.still_in)}. Run again with --withdraw-releases.")
    return not removal.still_in


def _documents(lake: LakeLayout, letter: str) -> set[str]:
    """The documents that a case number, a file's name or an id means: published, released or in quarantine."""
    published = {document["document_id"] for document in find_documents(lake, letter)} | released_as(lake, letter)
    kept_back = {entry.document_id for entry in chosen(lake, files=[letter]) if entry.document_id}
    whole_id = {letter.lower()} if len(letter) == 64 else set()  # never seen here, or removed: must not come (back)
    return published | kept_back | whole_id
