"""Queries of queue, outbox and reconciliation use their indexes, also when nearly every order is done."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from order_api.clock import moment
from order_api.cursor import Position
from order_api.domain import new_number
from order_api.queue import Query, listing
from order_api.states import Status
from order_api.tables import IS_WAITING, order_events, orders, outbox

ROWS = 6000
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def full(engine: AsyncEngine) -> AsyncEngine:
    """A database of a shop that has been there for a while: one order in a hundred is open, one task waits."""
    shares = [Status.DELIVERED] * 97 + [Status.CANCELLED, Status.PAID, Status.PLACED]
    numbers = [new_number() for _ in range(ROWS)]
    async with engine.begin() as connection:
        await connection.execute(insert(orders), [_order(n, numbers[n], shares[n % 100]) for n in range(ROWS)])
        await connection.execute(insert(order_events), [_event(n, numbers[n]) for n in range(ROWS)])
        await connection.execute(insert(outbox), [_task(n, numbers[n]) for n in range(ROWS)])
    async with engine.begin() as connection:
        await connection.execute(text("ANALYZE"))
    return engine


def _order(n: int, number: str, status: Status) -> dict[str, Any]:
    customer = {"customer_name": "Ada", "customer_email": "ada@example.org"}
    at = START + timedelta(minutes=n)
    content = {"wanted": [], "lines": [], "holds_stock": status is not Status.CANCELLED, "created_at": at}
    return {"number": number, "idempotency_key": number, "fingerprint": "", "status": status, **customer, **content}


def _event(n: int, number: str) -> dict[str, Any]:
    return {"number": number, "status": Status.PLACED, "at": START + timedelta(minutes=n)}


def _task(n: int, number: str) -> dict[str, Any]:
    at = START + timedelta(minutes=n)
    done = None if n % 1000 == 0 else at
    task = {"key": f"{number}:placed", "kind": "notification", "number": number, "status": "placed"}
    return {**task, "created_at": at, "due_at": at, "done_at": done}


async def plan(connection: AsyncConnection, statement: Select[Any]) -> str:
    """How the database would run it, with the values written out as the driver sends them."""
    on_postgresql = connection.dialect.name == "postgresql"
    dialect = postgresql.dialect(paramstyle="named") if on_postgresql else sqlite.dialect()
    written = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    words = "EXPLAIN" if on_postgresql else "EXPLAIN QUERY PLAN"
    rows = await connection.exec_driver_sql(f"{words} {written}")
    return "\n".join(str(tuple(row)[-1]) for row in rows)


BEHIND = Position(START + timedelta(minutes=ROWS // 2), "TC-000000-000000")
STATEMENTS = {
    "open orders": (listing(Query(20)), "orders_open"),
    "next page of open orders": (listing(Query(20, after=BEHIND)), "orders_open"),
    "orders of a status": (listing(Query(20, Status.PAID)), "orders_by_status"),
    "next page of a status": (listing(Query(20, Status.DELIVERED, BEHIND)), "orders_by_status"),
    "history": (select(order_events).where(order_events.c.number == "TC-0"), "ix_order_events_number"),
    "due tasks": (
        select(outbox).where(IS_WAITING, outbox.c.due_at <= moment()).order_by(outbox.c.due_at, outbox.c.id).limit(8),
        "outbox_waiting",
    ),
    "tasks done long ago": (select(outbox.c.id).where(outbox.c.done_at < moment(-1e9)).limit(10), "outbox_done"),
    "abandoned orders": (
        select(orders.c.number)
        .where(orders.c.status == Status.PENDING, orders.c.created_at < moment(-600))
        .order_by(orders.c.created_at)
        .limit(100),
        "orders_",
    ),
}


@pytest.mark.parametrize(("statement", "index"), STATEMENTS.values(), ids=STATEMENTS)
async def test_an_index_is_used_and_nothing_is_sorted(full: AsyncEngine, statement: Select[Any], index: str) -> None:
    async with full.connect() as connection:
        found = await plan(connection, statement)

    assert index in found
    assert "Seq Scan" not in found
    assert not found.startswith("SCAN") or f"INDEX {index}" in found
