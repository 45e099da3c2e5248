"""The Prefect server as `imr` starts it: Prefect's own, but it answers to its own names alone, and its transactions on
SQLite wait for each other.

Prefect begins them in a way in which one that first reads and then writes fails at once ("database is locked") if
another has written in between. After some such failures the server drops the event it was working on, and with it
what an automation is waiting for. Begun as writers, they wait for their turn, and longer than Prefect lets them: a disk
may stall for a minute under the one whose turn it is. (On PostgreSQL nothing changes.)
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.server.api import server
from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from commands.local_prefect.guard import SERVER_NAMES
from commands.local_prefect.machine import ENDS_WITH

SECONDS_TO_WAIT = 600
"""How long a transaction waits for its turn before it fails."""

_PR_SET_PDEATHSIG = 1

_begin = AioSqliteConfiguration.begin_transaction
_set_up = AioSqliteConfiguration.setup_sqlite


@asynccontextmanager
async def _begin_as_writer(
    configuration: AioSqliteConfiguration, session: AsyncSession, with_for_update: bool = False
) -> AsyncGenerator[AsyncSessionTransaction, None]:
    async with _begin(configuration, session, with_for_update=True) as transaction:
        yield transaction


def _set_up_to_wait(
    configuration: AioSqliteConfiguration, connection: DBAPIConnection, record: ConnectionPoolEntry
) -> None:
    _set_up(configuration, connection, record)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SECONDS_TO_WAIT * 1000}")
    cursor.close()


def transactions_wait() -> None:
    """Have the transactions of this process's Prefect server wait for each other on SQLite."""
    AioSqliteConfiguration.begin_transaction = _begin_as_writer  # type: ignore[method-assign,assignment]
    AioSqliteConfiguration.setup_sqlite = _set_up_to_wait  # type: ignore[method-assign,assignment]


def create_app() -> ASGIApp:
    """Prefect's server as an ASGI application."""
    if parent := os.environ.get(ENDS_WITH):
        _end_with(int(parent))
    transactions_wait()
    app = server.create_app()
    if names := os.environ.get(SERVER_NAMES):
        # Asked first: no page that reached this address under a name of its own gets an answer. It stands around the
        # application, not in it, as the server calls itself under another name, for the actions of automations.
        return TrustedHostMiddleware(app, allowed_hosts=names.split(","), www_redirect=False)
    return app


def _end_with(parent: int) -> None:
    """End when the process that started this one is gone, however it went, even if it is by now."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
