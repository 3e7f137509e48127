"""Orders in the database."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from order_api.clock import moment
from order_api.domain import CUSTOMER, Change, Order, Placement, new_number
from order_api.errors import KeyReusedError, UnknownOrderError
from order_api.outbox import enqueue
from order_api.rows import EVENT, orders_of
from order_api.states import WITHOUT_STOCK, Status
from order_api.tables import order_events, orders
from order_api.tasks import Kind, Task, tasks_of

SETTLED_AT_ONCE = 100


class Orders:
    """Stores orders; every method is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ping(self) -> None:
        """Fail unless the database answers and its schema is there."""
        async with self._engine.connect() as connection:
            await connection.execute(select(orders.c.number).limit(1))

    async def open(self, placement: Placement) -> tuple[str, bool]:
        """The number of this key's order, made as pending if new (the flag); KeyReusedError for another request."""
        number = new_number()
        row = {
            "number": number,
            "idempotency_key": placement.key,
            "fingerprint": placement.fingerprint,
            "status": Status.PENDING,
            "customer_name": placement.customer.name,
            "customer_email": placement.customer.email,
            "customer_address": placement.customer.address,
            "wanted": [asdict(line) for line in placement.lines],
            "lines": [],
            "holds_stock": True,
            "created_at": moment(),
        }
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(orders).values(row))
                await _record(connection, number, Change(Status.PENDING, CUSTOMER))
        except IntegrityError:
            return await self._of_key(placement), False
        return number, True

    async def get(self, number: str) -> Order:
        """The order of this number, or UnknownOrderError."""
        async with self._engine.connect() as connection:
            found = orders_of(await connection.execute(of_number(number)))
        if not found:
            raise UnknownOrderError(number)
        return found[0]

    async def move(self, number: str, current: Status, change: Change, **values: Any) -> bool:
        """Change the state if it is still `current`, with other columns; tell whether it was.

        What has to happen elsewhere because of it is put into the outbox by the same transaction.
        """
        statement = update(orders).where(orders.c.number == number, orders.c.status == current)
        async with self._engine.begin() as connection:
            if not (await connection.execute(statement.values(status=change.to, **values))).rowcount:
                return False
            await _record(connection, number, change)
            await enqueue(connection, tasks_of(number, current, change.to))
            return True

    async def abandoned(self, older_than: timedelta) -> list[str]:
        """Numbers of some orders that have been pending for longer."""
        return await self._numbers(pending(older_than))

    async def return_forgotten_stock(self, older_than: timedelta) -> int:
        """Enqueue the return of what ended orders hold although nobody noted to return it; how many there were.

        Only the version before the outbox leaves such orders, when it is killed.
        """
        enqueued = 0
        for number in await self._numbers(holding_in_vain(older_than)):
            try:
                async with self._engine.begin() as connection:
                    await enqueue(connection, (Task(Kind.RELEASE, number, Status.CANCELLED),))
            except IntegrityError:
                continue  # it was noted, and product-api is away
            enqueued += 1
        return enqueued

    async def _numbers(self, statement: Select[tuple[str]]) -> list[str]:
        async with self._engine.connect() as connection:
            return list(await connection.scalars(statement))

    async def _of_key(self, placement: Placement) -> str:
        statement = select(orders.c.number, orders.c.fingerprint)
        async with self._engine.connect() as connection:
            found = await connection.execute(statement.where(orders.c.idempotency_key == placement.key))
            row = found.one()
        if row.fingerprint != placement.fingerprint:
            raise KeyReusedError(placement.key)
        return str(row.number)


def of_number(number: str) -> Select[Any]:
    """The statement that reads an order with its history."""
    both = select(orders, *EVENT).join(order_events, order_events.c.number == orders.c.number)
    return both.where(orders.c.number == number).order_by(order_events.c.id)


def pending(older_than: timedelta) -> Select[tuple[str]]:
    """The statement that finds orders which have been pending for longer."""
    return _some_before(older_than).where(orders.c.status == Status.PENDING)


def holding_in_vain(older_than: timedelta) -> Select[tuple[str]]:
    """The statement that finds ended orders that still hold stock."""
    return _some_before(older_than).where(orders.c.status.in_(WITHOUT_STOCK), orders.c.holds_stock)


def _some_before(older_than: timedelta) -> Select[tuple[str]]:
    before = moment(-older_than.total_seconds())
    statement = select(orders.c.number).where(orders.c.created_at < before)
    return statement.order_by(orders.c.created_at).limit(SETTLED_AT_ONCE)


async def _record(connection: AsyncConnection, number: str, change: Change) -> None:
    # never before what happened last, whatever a clock that was set back says
    last = select(order_events.c.at).where(order_events.c.number == number)
    latest = last.order_by(order_events.c.id.desc()).limit(1).scalar_subquery()
    at = case((latest > moment(), latest), else_=moment())
    event = {"number": number, "status": change.to, "at": at, "note": change.note}
    actor = {"actor": change.actor.role, "actor_name": change.actor.name}
    await connection.execute(insert(order_events).values(**event, **actor))
