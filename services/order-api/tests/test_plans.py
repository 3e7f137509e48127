"""Queries of queue, outbox and reconciliation use their indexes, also when nearly every order is done."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from order_api.cursor import Position
from order_api.domain import new_number
from order_api.orders import holding_in_vain, of_number, pending
from order_api.outbox import done_tasks, due_tasks
from order_api.queue import Query, page_of
from order_api.states import Status
from order_api.tables import order_events, orders, outbox

ROWS = 20_000
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
LONG = timedelta(minutes=10)
STATEMENTS = {
    "open orders": (page_of(Query(20)), ["orders_open", "ix_order_events_number"]),
    "next page of open orders": (page_of(Query(20, after=BEHIND)), ["orders_open", "ix_order_events_number"]),
    "orders of a status": (page_of(Query(20, Status.PAID)), ["orders_by_status", "ix_order_events_number"]),
    "next page of a status": (
        page_of(Query(20, Status.DELIVERED, BEHIND)),
        ["orders_by_status", "ix_order_events_number"],
    ),
    "an order": (of_number("TC-000000-000000"), ["orders", "ix_order_events_number"]),
    "due tasks": (due_tasks(8), ["outbox_waiting"]),
    "tasks done long ago": (done_tasks(1e9, 10), ["outbox_done"]),
    "abandoned orders": (pending(LONG), ["orders_"]),
    "stock held in vain": (holding_in_vain(LONG), ["orders_"]),
}


async def test_indexes_are_used(full: AsyncEngine) -> None:
    async with full.connect() as connection:
        for name, (statement, indexes) in STATEMENTS.items():
            found = await plan(connection, statement)
            assert [index for index in indexes if index not in found] == [], name
            assert "Seq Scan" not in found, name
            assert "SCAN o" not in found.replace("SCAN orders USING INDEX", ""), name
