"""Where events go, as OpenLineage's own configuration says; nowhere, and at no cost, where it says nothing."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from imr.errors import Code, SetupError

if TYPE_CHECKING:
    from openlineage.client import OpenLineageClient
    from openlineage.client.event_v2 import RunEvent

MOST_WAITING = 1_000
"""Events that may wait for a slow receiver; more are dropped."""

GRACE = 5.0
"""Seconds that a run waits at its end for its last events to be taken."""

_THREAD = "openlineage"
_LOG = logging.getLogger("imr")


def configured() -> bool:
    """Whether anything may have been said of where events go. Imports nothing, as most runs tell nobody."""
    if os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true":
        return False
    if any(os.environ.get(f"OPENLINEAGE_{name}") for name in ("URL", "CONFIG", "_TRANSPORT", "_TRANSPORT__TYPE")):
        return True
    home = os.path.expanduser("~/.openlineage")  # noqa: PTH111 - Path's own fails for a user who has no home
    return any(Path(folder, "openlineage.yml").is_file() for folder in (".", home))


def sender() -> Sender | None:
    """Who sends the events of a run; None where nothing is configured.

    Raises:
        SetupError: `lineage_not_set_up`.
    """
    if not configured():
        return None
    if (named := os.environ.get("OPENLINEAGE_CONFIG")) and not Path(named).is_file():
        raise SetupError(Code.LINEAGE_NOT_SET_UP, "OPENLINEAGE_CONFIG names a file that is not there")
    try:
        import openlineage.client  # noqa: F401
    except ImportError as error:
        message = "OpenLineage is configured, but not installed: pip install 'imr-letters[lineage]'"
        raise SetupError(Code.LINEAGE_NOT_SET_UP, message) from error
    try:
        client = _client()
    except Exception as error:
        # Its text may hold the address, and with it a password.
        message = f"OpenLineage cannot be used as it is configured ({type(error).__name__})"
        raise SetupError(Code.LINEAGE_NOT_SET_UP, message) from error
    return Sender(client) if client else None


def _client() -> OpenLineageClient | None:
    """The library's client, but for its habit to print events where it finds no transport."""
    from openlineage.client import OpenLineageClient
    from openlineage.client.transport.noop import NoopConfig, NoopTransport

    asked = OpenLineageClient(transport=NoopTransport(NoopConfig())).config.transport or {}
    return OpenLineageClient() if asked.get("type") or os.environ.get("OPENLINEAGE_URL") else None


class Sender:
    """Sends events from a thread of its own: a receiver that is slow, broken or gone never holds up a run.

    The first thing that goes wrong is logged as a warning; the run goes on, and so do the other events.
    """

    def __init__(self, client: OpenLineageClient) -> None:
        self._client = client
        self._waiting: SimpleQueue[RunEvent | None] = SimpleQueue()
        self._warned = self._given_up = False
        self._thread = threading.Thread(target=self._send_all, name=_THREAD, daemon=True)
        self._thread.start()
        logging.getLogger("urllib3.connectionpool").addFilter(_not_ours)

    def send(self, make: Callable[[], RunEvent]) -> None:
        """Make an event now and send it soon. Neither ever fails."""
        try:
            event = make()
        except Exception as error:
            self._warn(f"an event could not be made ({reason(error)})")
            return
        if self._waiting.qsize() < MOST_WAITING:
            self._waiting.put(event)
        else:
            self._warn("the receiver does not answer in time")

    def close(self, seconds: float = GRACE) -> None:
        """Wait a little for the last events, then give up on them. What is sent from then on goes nowhere."""
        self._waiting.put(None)
        self._thread.join(seconds)
        if self._thread.is_alive():
            self._given_up = True
            self._warn("the receiver does not answer in time")
        logging.getLogger("urllib3.connectionpool").removeFilter(_not_ours)

    def _send_all(self) -> None:
        while (event := self._waiting.get()) is not None and not self._given_up:
            try:
                self._client.emit(event)
            except Exception as error:
                self._warn(reason(error))
        if not self._given_up and not self._client.close(GRACE):
            self._warn("the receiver does not answer in time")

    def _warn(self, why: str) -> None:
        if not self._warned:
            self._warned = True
            _LOG.warning("OpenLineage events are lost: %s; the run goes on", why)


def reason(error: Exception) -> str:
    """What kind of error it is, without its text: that may hold the address, and with it a password."""
    named = " from ".join(type(one).__name__ for one in (error, error.__cause__) if one)
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"{named} {status}" if status else named


def _not_ours(record: logging.LogRecord) -> bool:
    """Keeps the HTTP library from logging each of its retries: a run warns once."""
    return record.threadName != _THREAD
