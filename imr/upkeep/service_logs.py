"""The logs of the services of this machine: upkeep shortens what `imr up` lets them write."""

from __future__ import annotations

import os
from pathlib import Path

SERVICE_LOGS = "IMR_SERVICE_LOGS"
"""Names, to the runs of a worker that `imr up` has started, the folder of the services' logs."""

_MOST_BYTES = 5_000_000


def shorten_service_logs() -> None:
    """Keep the newer half of each log that is too long. Services append to theirs, and go on where it ends."""
    for log in Path(os.environ[SERVICE_LOGS]).glob("*.log") if SERVICE_LOGS in os.environ else ():
        if log.stat().st_size > _MOST_BYTES:
            log.write_bytes(log.read_bytes()[-_MOST_BYTES // 2 :].partition(b"\n")[2])
