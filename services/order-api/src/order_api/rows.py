"""Rows of the tables as values of the domain."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from order_api.domain import Actor, Customer, Event, Order, OrderLine, Role, WantedLine
from order_api.states import Status
from order_api.tables import order_events

# beside the columns of an order, so that one statement, and so one moment, has both
EVENT = (
    order_events.c.status.label("event_status"),
    order_events.c.at,
    order_events.c.actor,
    order_events.c.actor_name,
    order_events.c.note,
)


def orders_of(rows: Iterable[Row[Any]]) -> list[Order]:
    """The orders of rows with the columns of `orders` and EVENT, all of an order together, its oldest first."""
    return [_order(list(events)) for _, events in groupby(rows, key=lambda row: row.number)]


def aware(moment: datetime) -> datetime:
    """A time of the database with its zone, which SQLite forgets."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _order(events: list[Row[Any]]) -> Order:
    row = events[0]
    return Order(
        number=row.number,
        status=Status(row.status),
        customer=Customer(row.customer_name, row.customer_email, row.customer_address),
        wanted=tuple(WantedLine(**line) for line in row.wanted),
        lines=tuple(OrderLine(**line) for line in row.lines),
        refusal=row.refusal,
        placed_at=aware(row.created_at),
        history=tuple(_event(event) for event in events),
    )


def _event(row: Row[Any]) -> Event:
    return Event(Status(row.event_status), aware(row.at), Actor(Role(row.actor), row.actor_name), row.note)
