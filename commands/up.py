"""`imr up` and `imr down`: Prefect on this machine, with everything that belongs to the letters."""

from __future__ import annotations

import os

from commands.console import err, out, print_json
from commands.local_prefect.machine import Machine, UpError, ui_of


def up(host: str, port: int, alerts: str | None, *, worker: bool, as_json: bool) -> bool:
    """Bring up whatever is not up yet and say where the UI is; False if something could not be brought up.

    Where PREFECT_API_URL names a server, that one is used and none is started.
    """
    machine = Machine()
    try:
        with err.status("Starting the Prefect server"):
            api = os.environ.get("PREFECT_API_URL") or machine.start_server(host, port)
        environment = machine.environment(api)
        os.environ.update(environment)
        with err.status("Making work pool, deployments and automations"):
            from commands.local_prefect.registration import register  # Prefect reads its settings when it is imported

            said = register(alerts, environment)
        if worker:
            machine.start_worker(api)
            said.append("a worker is running")
    except UpError as error:
        err.print(f"[red]Not up:[/red] {error}", soft_wrap=True)
        return False
    ui = ui_of(api)
    if as_json:
        print_json({"ui": ui, "api": api, "up": said, "logs": str(machine.folder)})
        return True
    for sentence in said:
        out.print(sentence, soft_wrap=True)
    out.print(f"Logs: {machine.folder}", soft_wrap=True)
    out.print(f"Prefect's UI: {ui}", soft_wrap=True)
    return True


def down() -> None:
    """End the worker and the server, if they are running. Their database stays, and with it all history."""
    machine = Machine()
    ended = [service.name for service in (machine.worker, machine.server) if service.stop()]
    out.print(f"Ended: {', '.join(ended)}." if ended else "Nothing was running.")
