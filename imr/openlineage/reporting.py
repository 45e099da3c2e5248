"""Reporting one run: its identity as OpenLineage knows it, and the sender of its events."""

from __future__ import annotations

from typing import NamedTuple

from imr.openlineage.events import JobRun
from imr.openlineage.sending import Sender


class RunReporter(NamedTuple):
    """A run, or a step of one, that events are sent of."""

    run: JobRun
    sender: Sender
