"""What a Prefect server says of flow runs, asked over HTTP: nothing of Prefect is needed here."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

from imr.cli.checkout import from_checkout


def prefect_run(run_id: str) -> dict[str, Any] | None:
    """What a Prefect server knows of a flow run; None where no server is named or answers, or it knows of none."""
    api = _address()
    if not api:
        return None
    try:
        with urllib.request.urlopen(f"{api}/flow_runs/{run_id}", timeout=5) as answer:
            found = json.loads(answer.read())
    except (OSError, ValueError):
        return None
    return {"name": found["name"], "state_name": found["state_name"], "url": f"{ui_of(api)}/runs/flow-run/{run_id}"}


def ui_of(api: str) -> str:
    """The address of a server's UI."""
    return api.removesuffix("/api")


def _address() -> str | None:
    """The server that the environment names, else the one that `imr up` has started in the checkout."""
    if named := os.environ.get("PREFECT_API_URL"):
        return named
    local = from_checkout("commands.local_prefect.machine")
    return local.Machine().address() if local else None
