"""How long a run without a server takes to begin: `python -m tests.benchmarks.startup`.

Seconds from the command to the first file that is fetched and to the command's end, over the sample letters: with a
fresh folder for Prefect, and with one that an earlier run has left; each run in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.compute as pc

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table

LANDING = Path(__file__).parent.parent.parent / "data_lake" / "landing"
ROUNDS = 3
_CODE = "from imr.cli.main import main; main()"


def timed(home: Path, lake: Path) -> tuple[float, float]:
    """Seconds until the first file, and until the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    environment = {**kept, **quiet, "PREFECT_HOME": str(home), "IMR_UP": str(home / "up")}
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", _CODE, "run", str(LANDING), "--lake", str(lake), "--json"],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    ended = time.time()
    assert done.returncode == 3, done.stderr
    first = pc.min(read_table(LakeLayout(lake), "lineage")["started_at"]).as_py().timestamp()
    return first - began, ended - began


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(ROUNDS):
            home = Path(scratch) / f"home-{number}"
            for kind in ("cold", "warm"):
                first, whole = timed(home, Path(scratch) / f"lake-{kind}-{number}")
                print(f"{kind}: first file after {first:.1f} s, end after {whole:.1f} s")


if __name__ == "__main__":
    main()
