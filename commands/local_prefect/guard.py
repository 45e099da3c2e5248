"""Who may ask a Prefect server of this machine: programs and people that know its secret, and no page of other origins.

Whoever reaches such a server can have any command run: a deployment's job variables name one. So it listens on this
machine alone; asks each request for the secret (a file that its owner alone may read); answers only to the names that
it is reached by, so that no name of a stranger's leads to it (DNS rebinding); lets no page of another origin read what
it answers; and takes changes only with a token that such a page cannot have.
"""

from __future__ import annotations

import os
import secrets
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path

SERVER_NAMES = "IMR_SERVER_NAMES"
"""Holds, in a server's environment, the names that it is reached by, separated by commas."""

SERVER_SECRET = "PREFECT_SERVER_API_AUTH_STRING"
CLIENT_SECRET = "PREFECT_API_AUTH_STRING"
_USER = "imr"
_OF_THIS_MACHINE = ("127.0.0.1", "localhost")


def new_secret() -> str:
    """A secret that nobody can guess, as Prefect's clients and its UI take it: a name and a password."""
    return f"{_USER}:{secrets.token_urlsafe(32)}"


def kept_secret(file: Path) -> str:
    """The secret in a file that its owner alone may read; one is made where there is none."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        number, made = tempfile.mkstemp(dir=file.parent)  # for its owner alone from the beginning
        with os.fdopen(number, "w", encoding="ascii") as new:
            new.write(new_secret())
        with suppress(FileExistsError):  # another command was faster
            file.hardlink_to(made)
        Path(made).unlink()
    file.chmod(0o600)
    return file.read_text(encoding="ascii").strip()


def server_settings(host: str, port: int, secret: str) -> dict[str, str]:
    """What a server has in its environment so that it answers nobody else."""
    names = sorted({host, *_OF_THIS_MACHINE})
    return {
        SERVER_NAMES: ",".join(names),
        SERVER_SECRET: secret,
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": ",".join(f"http://{name}:{port}" for name in names),
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
    }


def export_line(api: str, file: Path | None) -> str:
    """What makes a shell's programs know a server and the secret in a file, without showing the secret."""
    secret = f' {CLIENT_SECRET}="$(cat {shlex.quote(str(file))})"' if file else ""
    return f"export PREFECT_API_URL={shlex.quote(api)}{secret}"
