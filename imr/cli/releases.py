"""`imr releases`: the releases of a lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imr.cli.console import number_of, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand

if TYPE_CHECKING:
    from imr.upkeep.releases import Release

app = subcommand()


@app.command()
def releases(lake: LakeFolder = DEFAULT_LAKE, as_json: AsJson = False) -> None:
    """Show the releases of a lake."""
    from imr.lake.layout import LakeLayout
    from imr.upkeep.releases import releases as all_releases

    rows = [shown(release) for release in all_releases(LakeLayout(lake))]
    if as_json:
        print_json(rows)
    else:
        print_table(
            number_of(len(rows), "release"), ["name", "made", "files", "bytes"], [list(row.values()) for row in rows]
        )


def shown(release: Release) -> dict[str, object]:
    """What is shown of one release."""
    return {"name": release.name, "made": release.created_at, "files": release.files, "bytes": release.bytes}
