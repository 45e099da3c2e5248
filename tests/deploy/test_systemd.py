"""The unit that brings Prefect up with the machine, as systemd reads it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    command = tmp_path / "imr-letters" / ".venv" / "bin" / "imr"
    command.parent.mkdir(parents=True)
    command.touch(0o755)
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    unit = ROOT / "deploy" / "systemd" / "imr.service"
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(unit)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
