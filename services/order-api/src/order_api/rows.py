"""Rows of the tables as values of the domain."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from order_api.domain import Actor, Customer, Event, Order, OrderLine, Role, WantedLine
from order_api.states import Status


def order_of(row: Row[Any], events: Iterable[Row[Any]]) -> Order:
    """The order of a row of `orders` and its rows of `order_events`, oldest first."""
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


def aware(moment: datetime) -> datetime:
    """A time of the database with its zone, which SQLite forgets."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _event(row: Row[Any]) -> Event:
    return Event(Status(row.status), aware(row.at), Actor(Role(row.actor), row.actor_name), row.note)
