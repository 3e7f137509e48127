"""What the version before wrote and read, statement by statement: it runs beside the new one during a rollout."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("idempotency_key", String(128), nullable=False, unique=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("customer_name", String(120), nullable=False),
    Column("customer_email", String(254), nullable=False),
    Column("wanted", JSON, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("refusal", JSON, nullable=True),
    Column("holds_stock", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
order_events = Table(
    "order_events",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("number", String(16), ForeignKey("orders.number"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


class OldOrders:
    """The store of revision 0001."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self, number: str, key: str, fingerprint: str, wanted: list[dict[str, Any]]) -> None:
        row = {
            "number": number,
            "idempotency_key": key,
            "fingerprint": fingerprint,
            "status": "pending",
            "customer_name": "Ada Lovelace",
            "customer_email": "ada@example.org",
            "wanted": wanted,
            "lines": [],
            "holds_stock": True,
            "created_at": datetime.now(UTC),
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(orders).values(row))
            await _record(connection, number, "pending")

    async def move(self, number: str, current: str, to: str, **values: Any) -> bool:
        statement = update(orders).where(orders.c.number == number, orders.c.status == current)
        async with self._engine.begin() as connection:
            if not (await connection.execute(statement.values(status=to, **values))).rowcount:
                return False
            await _record(connection, number, to)
            return True

    async def stock_returned(self, number: str) -> None:
        ended = update(orders).where(orders.c.number == number, orders.c.status.in_(("rejected", "cancelled")))
        async with self._engine.begin() as connection:
            await connection.execute(ended.values(holds_stock=False))

    async def get(self, number: str) -> tuple[str, list[str]]:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(orders).where(orders.c.number == number))).one()
            events = select(order_events).where(order_events.c.number == number).order_by(order_events.c.id)
            return row.status, [event.status for event in await connection.execute(events)]


async def _record(connection: AsyncConnection, number: str, status: str) -> None:
    await connection.execute(insert(order_events).values(number=number, status=status, at=datetime.now(UTC)))
