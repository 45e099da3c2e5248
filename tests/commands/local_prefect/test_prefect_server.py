"""Transactions of our Prefect server on SQLite wait for each other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from prefect.server.database.configurations import AioSqliteConfiguration

from commands.local_prefect.prefect_server import SECONDS_TO_WAIT, transactions_wait


def test_two_that_read_and_then_write_take_turns_however_long_one_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect's own would have the second fail at once, as the first has written after its reading."""
    for name in ("begin_transaction", "setup_sqlite"):  # what is put in their place is taken away behind the test
        monkeypatch.setattr(AioSqliteConfiguration, name, getattr(AioSqliteConfiguration, name))
    transactions_wait()
    assert asyncio.run(_counted(f"sqlite+aiosqlite:///{tmp_path}/server.db")) == (2, SECONDS_TO_WAIT * 1000)


async def _counted(address: str) -> tuple[int, int]:
    """What two transactions count up to that each read, linger and write; and the milliseconds that one would wait."""
    database = AioSqliteConfiguration(address)
    engine = await database.engine()

    async def count() -> int:
        async with await database.session(engine) as session, database.begin_transaction(session):
            counted = int((await session.execute(sa.text("SELECT number FROM counter"))).scalar_one())
            await asyncio.sleep(0.05)
            await session.execute(sa.text("UPDATE counter SET number = :number"), {"number": counted + 1})
        return counted + 1

    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE counter AS SELECT 0 AS number"))
    counted = await asyncio.gather(count(), count())
    async with engine.connect() as connection:
        waits = int((await connection.execute(sa.text("PRAGMA busy_timeout"))).scalar_one())
    return max(counted), waits
