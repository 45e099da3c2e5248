"""`imr down`: the end of what `imr up` has started."""

from __future__ import annotations

from commands.local_prefect.machine import Machine
from imr.cli.console import out
from imr.cli.options import subcommand

app = subcommand()


@app.command()
def down() -> None:
    """End the worker and the server that `imr up` has started. Their database stays, and with it all history."""
    machine = Machine()
    ended = [service.name for service in (machine.worker, machine.server) if service.stop()]
    out.print(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.")
