"""`imr remove`: letters out of a lake for good."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import number_of, out, print_table, say_wrong
from imr.cli.exit_codes import Exit
from imr.cli.options import DEFAULT_LAKE, LakeFolder, LockTimeout, subcommand

app = subcommand()


@app.command()
def remove(
    letters: Annotated[list[str], typer.Argument(help="Case numbers, file names or document ids.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the table `removals`.")],
    lake: LakeFolder = DEFAULT_LAKE,
    withdraw_releases: Annotated[
        bool, typer.Option("--withdraw-releases", help="Remove the releases that hold them as well.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; a name may mean several letters.")] = False,
    lock_timeout: LockTimeout = 60.0,
) -> None:
    """Remove letters from every table, the stage and the raw bytes, for good: they do not come back with their source.

    What would go is shown first, and asked for. Where nobody can be asked, --yes is needed for a name that means
    several letters. Exit code 1 when nothing was removed, or when releases still hold them.
    """
    removed = remove_letters(lake, letters, reason, lock_timeout, withdraw=withdraw_releases, yes=yes)
    raise typer.Exit(Exit.OK if removed else Exit.FAILED)


def remove_letters(
    root: Path, letters: Sequence[str], reason: str, lock_timeout: float, *, withdraw: bool, yes: bool = False
) -> bool:
    """Remove the letters that some names mean; False when one means nothing, nobody agrees, or releases hold them."""
    from imr.lake.layout import LakeLayout
    from imr.upkeep.removal import meaning
    from imr.upkeep.removal import remove as remove_documents

    lake = LakeLayout(root)
    if not yes and sys.stdin.isatty():
        if not _agreed(meaning(lake, letters)):
            return False
        yes = True
    removal = remove_documents(lake, letters, reason, lock_timeout, withdraw_releases=withdraw, several=yes)
    if removal.unknown:
        out.print(f"Nothing was removed: the lake does not know {', '.join(removal.unknown)}", soft_wrap=True)
    for letter, ids in removal.several.items():
        say_wrong("Nothing was removed", f"{letter} means {len(ids)} letters: name one by its id, or add --yes")
        print_table("", ["document"], [[id_] for id_ in ids])
    if removal.unknown or removal.several:
        return False
    if count := len(removal.document_ids):
        rows, they = number_of(removal.rows_removed, "row"), "it" if count == 1 else "they"
        out.print(f"Removed {number_of(count, 'letter')} with {rows}; {they} will not come back.")
    if addresses := len(removal.addresses):
        out.print(f"Took {number_of(addresses, 'file')} without any bytes out of the quarantine.")
    for name in removal.withdrawn:
        out.print(f"Withdrew release {name}.")
    if removal.still_in:
        out.print(f"Still in releases: {', '.join(removal.still_in)}. Run again with --withdraw-releases.")
    return not removal.still_in


def _agreed(meant: Mapping[str, Sequence[str]]) -> bool:
    """Whether these letters are to go, as whoever sits before the terminal says."""
    rows = [[name, id_] for name, ids in meant.items() for id_ in ids]
    print_table("To be removed for good", ["name", "document"], rows)
    count = len({id_ for _, id_ in rows})
    return bool(count == 0 or typer.confirm(f"Remove {number_of(count, 'letter')}?", err=True))
