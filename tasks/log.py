"""What a run says while it works: short events with fields, the same lines in Prefect and on the console.

INFO tells the story of a run in a dozen lines, however many letters it has; WARNING names what went to quarantine;
DEBUG has a line for every batch. No letter text: names of files, ids, codes and counts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import structlog
from prefect.logging import get_run_logger
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import LogfmtRenderer
from structlog.stdlib import BoundLogger
from structlog.typing import EventDict, WrappedLogger

from imr.cli.console import visible

_CORE = "imr"
"""The name under which the core logs."""
_FIELDS = LogfmtRenderer(bool_as_flag=False)


@contextmanager
def about(**fields: object) -> Iterator[None]:
    """Put some fields, such as the lake, on every line inside of this block, those of the tasks included."""
    with bound_contextvars(**fields):
        yield


@contextmanager
def core_heard() -> Iterator[None]:
    """Put what the core says while this block goes on into the run's log: a site's pauses, links not followed."""
    logger, handler = logging.getLogger(_CORE), _ToRun(run_log())
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _ToRun(logging.Handler):
    """Hands what is said, by whatever thread, to the log of the run that was going on when this was made."""

    def __init__(self, log: BoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Hand on one line."""
        self._log.log(record.levelno, record.getMessage())


def run_log(**fields: object) -> BoundLogger:
    """The log of the flow run or task run that is going on, with some fields on each of its lines.

    Raises:
        prefect.exceptions.MissingContextError: no run is going on.
    """
    logger = structlog.wrap_logger(get_run_logger(), [merge_contextvars, _line], BoundLogger)
    return cast("BoundLogger", logger.bind(**fields))


def _line(logger: WrappedLogger, method: str, fields: EventDict) -> str:
    """The event in plain words, then its fields as logfmt; nothing in it is an order to a terminal."""
    event = fields.pop("event")
    return visible(f"{event} {_FIELDS(logger, method, fields)}".rstrip())
