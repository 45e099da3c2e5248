"""The explorer's server, started as people start it."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError

import psutil

from imr.lake.layout import LakeLayout


class Served(NamedTuple):
    """A server that has answered: its address without a path, and its process."""

    address: str
    process: psutil.Process


@contextmanager
def served(lake: LakeLayout, port: int = 0) -> Iterator[Served]:
    """A server of a lake, from its first results on."""
    imr = str(Path(sys.executable).with_name("imr"))
    command = [imr, "explore", "--lake", str(lake.root), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = server.stdout.readline().removeprefix("Decisions: ").strip().rstrip("/")
        try:
            while not ready(address):
                time.sleep(0.01)
            yield Served(address, psutil.Process(server.pid))
        finally:
            server.terminate()


def ready(address: str) -> bool:
    """Whether the index is made."""
    try:
        return bool(urllib.request.urlopen(f"{address}/").status == HTTPStatus.OK)
    except HTTPError:
        return False
