"""`imr up`: Prefect on this machine, with everything that belongs to the letters."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from commands.local_prefect.guard import CLIENT_SECRET
from commands.local_prefect.machine import Machine, UpError, why_no_answer
from imr.cli.console import err, out, print_json, say_wrong
from imr.cli.options import AsJson, subcommand
from imr.cli.prefect_api import ui_of

app = subcommand()


@app.command()
def up(
    host: Annotated[str, typer.Option(help="Address that the server listens at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port that the server listens at.")] = 4200,
    alerts: Annotated[
        str | None, typer.Option(help="Notification block for alerts: TYPE/NAME. Default: any called imr-alerts.")
    ] = None,
    worker: Annotated[bool, typer.Option(help="Start a worker on this machine.")] = True,
    as_in_file: Annotated[
        bool, typer.Option("--as-in-file", help="Apply our files also where something else was set in Prefect.")
    ] = False,
    explore: Annotated[bool, typer.Option(help="Start the page on which decisions are found.")] = True,
    explore_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of that page. Default: a hundred above --port.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring up Prefect on this machine: server, work pool, worker, deployments, limits, automations, and the explorer.

    What is up already stays; run it again after a change of prefect.yaml or deploy/automations.yaml, or to restart what
    has died. What was set in Prefect's UI (paused schedules, parameters, job variables, automations) stays and is said;
    what these files have no more is removed. Runs whose process is gone are called crashed. Where PREFECT_API_URL names
    another server, that one is used. The server asks for a secret that is made for this machine; the line that is
    printed lets prefect commands know it. Exit code 1 when something could not be brought up.
    """
    page = (explore_port or port % 65_000 + 100) if explore else None
    is_up = bring_up(host, port, alerts, worker=worker, as_in_file=as_in_file, as_json=as_json, page=page)
    raise typer.Exit(0 if is_up else 1)


def bring_up(
    host: str, port: int, alerts: str | None, *, worker: bool, as_in_file: bool, as_json: bool, page: int | None
) -> bool:
    """Bring up whatever is not up yet and say where the UI is; False if something could not be brought up.

    `page` is the port of the explorer, None for none.
    """
    machine = Machine()
    try:
        with err.status("Starting the Prefect server"):
            named = os.environ.get("PREFECT_API_URL")
            api = _named(named) if named and not machine.is_own(named) else machine.start_server(host, port)
        os.environ.update(machine.environment(api))
        with err.status("Making work pool, deployments and automations"):
            from commands.local_prefect.registration import register  # Prefect reads its settings when it is imported

            abandoned = worker and not machine.worker.running()
            said = register(machine, api, alerts, abandoned=abandoned, as_in_file=as_in_file)
        if worker:
            machine.start_worker(api)
            said.append("a worker is running")
        explorer = _explorer(machine, page, said) if page else None
    except UpError as error:
        if as_json:
            print_json({"state": "Failed", "error_message": str(error)})
        else:
            say_wrong("Not up", error)
        return False
    ui, export = ui_of(api), machine.export_line(api)
    secret = str(machine.secret_file.absolute()) if machine.is_own(api) else None
    if as_json:
        print_json(
            {
                "ui": ui,
                "api": api,
                "up": said,
                "logs": str(machine.folder),
                "secret_file": secret,
                "export": export,
                "explorer": explorer,
            }
        )
        return True
    for sentence in said:
        out.print(sentence, soft_wrap=True, markup=False)
    out.print(f"Logs: {machine.folder}", soft_wrap=True)
    out.print(f"For prefect commands: {export}", soft_wrap=True, markup=False, highlight=False)
    if explorer:
        out.print(f"Decisions: {explorer}", soft_wrap=True, markup=False)
    asks = f" (asks for what is in {secret})" if secret else ""
    out.print(f"Prefect's UI: {ui}{asks}", soft_wrap=True, markup=False)
    return True


def _named(api: str) -> str:
    """The address of a server elsewhere, once it has answered.

    Raises:
        UpError: it cannot be used.
    """
    why = why_no_answer(api, os.environ.get(CLIENT_SECRET), cloud="PREFECT_API_KEY" in os.environ)
    if why:
        raise UpError(why)
    return api


def _explorer(machine: Machine, port: int, said: list[str]) -> str | None:
    """Start the explorer and return its address; letters come in without it, so that it cannot be had is only said."""
    try:
        return machine.start_explorer(port)
    except UpError as error:
        said.append(f"no explorer: {error}")
        return None
