"""Orders in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from order_api.domain import (
    WITHOUT_STOCK,
    Customer,
    Event,
    KeyReusedError,
    Order,
    OrderLine,
    Placement,
    Status,
    UnknownOrderError,
    WantedLine,
    new_number,
)
from order_api.tables import order_events, orders


class Orders:
    """Stores orders; every method is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ping(self) -> None:
        """Fail unless the database answers and its schema is there."""
        async with self._engine.connect() as connection:
            await connection.execute(select(orders.c.number).limit(1))

    async def open(self, placement: Placement) -> tuple[Order, bool]:
        """The order of this key, made as pending if new (the flag); KeyReusedError for another request."""
        number = new_number()
        row = {
            "number": number,
            "idempotency_key": placement.key,
            "fingerprint": placement.fingerprint,
            "status": Status.PENDING,
            "customer_name": placement.customer.name,
            "customer_email": placement.customer.email,
            "wanted": [asdict(line) for line in placement.lines],
            "lines": [],
            "holds_stock": True,
            "created_at": datetime.now(UTC),
        }
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(orders).values(row))
                await _record(connection, number, Status.PENDING)
        except IntegrityError:
            return await self._of_key(placement), False
        return await self.get(number), True

    async def get(self, number: str) -> Order:
        """The order of this number, or UnknownOrderError."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(orders).where(orders.c.number == number))).first()
            if row is None:
                raise UnknownOrderError(number)
            events = select(order_events).where(order_events.c.number == number).order_by(order_events.c.id)
            return _order(row, (await connection.execute(events)).all())

    async def move(self, number: str, current: Status, to: Status, **values: Any) -> bool:
        """Change the state if it is still `current`, with other columns; tell whether it was."""
        statement = (
            update(orders).where(orders.c.number == number, orders.c.status == current).values(status=to, **values)
        )
        async with self._engine.begin() as connection:
            if not (await connection.execute(statement)).rowcount:
                return False
            await _record(connection, number, to)
            return True

    async def stock_returned(self, number: str) -> None:
        """Note that the order holds no stock any more."""
        statement = update(orders).where(orders.c.number == number, orders.c.status.in_(WITHOUT_STOCK))
        async with self._engine.begin() as connection:
            await connection.execute(statement.values(holds_stock=False))

    async def unsettled(self, older_than: timedelta, limit: int = 100) -> list[tuple[str, Status]]:
        """Orders left half-way: pending for too long, or ended with stock not given back."""
        before = datetime.now(UTC) - older_than
        ended = and_(orders.c.status.in_(WITHOUT_STOCK), orders.c.holds_stock)
        statement = (
            select(orders.c.number, orders.c.status)
            .where(or_(orders.c.status == Status.PENDING, ended), orders.c.created_at < before)
            .order_by(orders.c.created_at)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [(number, Status(status)) for number, status in await connection.execute(statement)]

    async def _of_key(self, placement: Placement) -> Order:
        statement = select(orders.c.number, orders.c.fingerprint)
        async with self._engine.connect() as connection:
            found = await connection.execute(statement.where(orders.c.idempotency_key == placement.key))
            row = found.one()
        if row.fingerprint != placement.fingerprint:
            raise KeyReusedError(placement.key)
        return await self.get(row.number)


async def _record(connection: AsyncConnection, number: str, status: Status) -> None:
    await connection.execute(insert(order_events).values(number=number, status=status, at=datetime.now(UTC)))


def _order(row: Row[Any], events: Sequence[Row[Any]]) -> Order:
    return Order(
        number=row.number,
        status=Status(row.status),
        customer=Customer(row.customer_name, row.customer_email),
        wanted=tuple(WantedLine(**line) for line in row.wanted),
        lines=tuple(OrderLine(**line) for line in row.lines),
        refusal=row.refusal,
        history=tuple(Event(Status(event.status), _aware(event.at)) for event in events),
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite forgets the zone
