"""What a Prefect server says of flow runs, asked over HTTP: nothing of Prefect is needed here."""

from __future__ import annotations

import base64
import json
import os
import urllib.request
from collections.abc import Mapping
from typing import Any

from imr.cli.checkout import from_checkout


def prefect_run(run_id: str) -> dict[str, Any] | None:
    """What a Prefect server knows of a flow run; None where no server is named or answers, or it knows of none."""
    access = _access()
    api = access.get("PREFECT_API_URL")
    if not api:
        return None
    request = urllib.request.Request(f"{api}/flow_runs/{run_id}")
    if secret := access.get("PREFECT_API_AUTH_STRING"):
        request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(secret.encode()).decode()}")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            found = json.loads(answer.read())
    except (OSError, ValueError):
        return None
    return {"name": found["name"], "state_name": found["state_name"], "url": f"{ui_of(api)}/runs/flow-run/{run_id}"}


def ui_of(api: str) -> str:
    """The address of a server's UI."""
    return api.removesuffix("/api")


def _access() -> Mapping[str, str]:
    """How the server is reached that the environment names, else the one that `imr up` has started in the checkout."""
    named = os.environ.get("PREFECT_API_URL")
    local = from_checkout("commands.local_prefect.machine")
    if local is None:
        return os.environ
    machine = local.Machine()
    api = named or machine.address()
    return {**os.environ, **machine.access(api)} if api else {}
