"""The fulfilment queue in the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from order_api.cursor import Position
from order_api.domain import Order
from order_api.rows import EVENT, orders_of
from order_api.states import Status
from order_api.tables import IS_OPEN, order_events, orders


@dataclass(frozen=True)
class Query:
    """A page of the queue: orders in one state, or, without one, all that somebody has to work on."""

    limit: int
    status: Status | None = None
    after: Position | None = None


@dataclass(frozen=True)
class Page:
    """Some orders, oldest first, and where the next page starts if there is one."""

    orders: tuple[Order, ...]
    next: Position | None


class Queue:
    """Lists orders with their history."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, query: Query) -> Page:
        """One page of the queue."""
        async with self._engine.connect() as connection:
            found = orders_of(await connection.execute(page_of(query)))
        shown = tuple(found[: query.limit])
        more = len(found) > query.limit
        return Page(shown, Position(shown[-1].placed_at, shown[-1].number) if more else None)


def page_of(query: Query) -> Select[Any]:
    """The statement of a page, with history; it reads one order more, which tells that there is a next page."""
    rows = _listing(query).subquery()
    both = select(rows, *EVENT).join(order_events, order_events.c.number == rows.c.number)
    return both.order_by(rows.c.created_at, rows.c.number, order_events.c.id)


def _listing(query: Query) -> Select[Any]:
    state = IS_OPEN if query.status is None else orders.c.status == query.status
    statement = select(orders).where(state).order_by(orders.c.created_at, orders.c.number).limit(query.limit + 1)
    if query.after:
        here = tuple_(orders.c.created_at, orders.c.number)
        at = literal(query.after.placed_at, orders.c.created_at.type)
        statement = statement.where(here > tuple_(at, literal(query.after.number)))
    return statement
