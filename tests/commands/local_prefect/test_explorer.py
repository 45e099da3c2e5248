from __future__ import annotations

import socket
from pathlib import Path

import pytest

from commands.local_prefect.machine import Machine, UpError


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(UpError, match="--explore-port"):
        Machine(tmp_path).start_explorer(other.getsockname()[1])
    assert not list(tmp_path.iterdir())
