"""`imr migrate`: a lake of an older version under the present declaration of its tables."""

from __future__ import annotations

from imr.cli.console import counted, out
from imr.cli.options import DEFAULT_LAKE, LakeFolder, LockTimeout, subcommand

app = subcommand()


@app.command()
def migrate(lake: LakeFolder = DEFAULT_LAKE, lock_timeout: LockTimeout = 60.0) -> None:
    """Rewrite a lake of an older version under the present declaration of its tables, in one commit."""
    from imr.lake.layout import LakeLayout
    from imr.upkeep.migration import migrate as migrate_lake

    rewritten = migrate_lake(LakeLayout(lake), lock_timeout)
    out.print(f"Rewritten: {counted(rewritten)}" if rewritten else "All tables are as they are declared.")
