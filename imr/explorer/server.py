"""The server of the explorer: it listens on this machine alone unless it is told otherwise."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from ipaddress import ip_address

import uvicorn

from imr.explorer.app import application
from imr.explorer.live import Live
from imr.explorer.place import index_folder
from imr.lake.layout import LakeLayout

_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
SECRET = "IMR_EXPLORE_SECRET"
_SECONDS_TO_END = 3


def serve(lake: LakeLayout, host: str, port: int, say: Callable[[str, str | None], None]) -> None:
    """Answer at a port, 0 for any that is free, until the process is told to end.

    `say` is told the address, and the secret that is asked for where others than this machine can reach it. It is that
    of the environment, as `IMR_EXPLORE_SECRET`, or another one at each start.

    Raises:
        OSError: the port cannot be had.
    """
    listening = _listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    secret = None if _is_of_this_machine(host) else os.environ.get(SECRET) or secrets.token_urlsafe(16)
    live = Live(lake, index_folder(lake))
    config = uvicorn.Config(
        application(live, ["*"] if secret else [shown, *_OF_THIS_MACHINE], secret),
        log_level="warning",
        access_log=False,  # what people look for is written nowhere
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    say(f"http://{shown}:{listening.getsockname()[1]}/", secret)
    uvicorn.Server(config).run(sockets=[listening])


def _is_of_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening
