"""Engines wait for a bounded time, and say how full their pools are."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis import database
from chassis.database import create_engine, measure_pool


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def engine(database_url: str, registry: CollectorRegistry) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, "test-of-the-chassis", command_seconds=1)
    measure_pool(engine, registry)
    yield engine
    await engine.dispose()


async def test_the_pool_tells_how_full_it_is(engine: AsyncEngine, registry: CollectorRegistry) -> None:
    def connections(state: str) -> float | None:
        return registry.get_sample_value("techcommerce_database_connections", {"state": state})

    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
        assert (connections("in_use"), connections("idle")) == (1, 0)
    assert (connections("in_use"), connections("idle")) == (0, 1)
    assert registry.get_sample_value("techcommerce_database_connections_max") == (
        1 if engine.dialect.name == "sqlite" else 10
    )
    assert registry.get_sample_value("techcommerce_database_wait_seconds_count") == 1


async def test_waiting_for_a_connection_is_measured(engine: AsyncEngine, registry: CollectorRegistry) -> None:
    async def hold() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            await asyncio.sleep(0.05)

    await asyncio.gather(*(hold() for _ in range(21)))
    waited = registry.get_sample_value("techcommerce_database_wait_seconds_sum") or 0

    assert registry.get_sample_value("techcommerce_database_wait_seconds_count") == 21
    assert waited > 0.05, "there are fewer connections than users"


async def test_postgresql_knows_who_asks_and_ends_what_takes_too_long(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url, "test-of-the-chassis", command_seconds=1)
    async with engine.connect() as connection:
        names = ("application_name", "statement_timeout", "idle_in_transaction_session_timeout")
        found = [(await connection.execute(text(f"SHOW {name}"))).scalar() for name in names]
        assert found == ["test-of-the-chassis", "1s", "2s"]
        with pytest.raises((DBAPIError, TimeoutError)):
            await connection.execute(text("SELECT pg_sleep(30)"))
    await engine.dispose()


@pytest.mark.parametrize(
    "value", ["", "nonsense", "mysql://a/b", "postgresql+asyncpg://user:hunter2@host", "sqlite:///a"]
)
def test_other_urls_are_refused_and_never_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="must") as caught:
        database.database_url(value)

    assert "hunter2" not in str(caught.value)
