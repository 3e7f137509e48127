"""Orders as JSON, for the public and for staff."""

from typing import Any

from order_api.cursor import encode
from order_api.domain import Event, Order, Role
from order_api.queue import Page
from order_api.states import Status, allowed_from, cancellable_to


def to_public(order: Order) -> dict[str, Any]:
    """What anybody who has the number may see: no e-mail address, no address, no names of staff."""
    return {
        **_shown(order),
        "customer": {"name": order.customer.name},
        "history": [{**_event(event), "actor": event.actor.role} for event in _history(order)],
        "allowed": list(cancellable_to(order.status)),
    }


def to_staff(order: Order) -> dict[str, Any]:
    """All of it."""
    return {
        **_shown(order),
        "customer": vars(order.customer),
        "history": [{**_event(event), "actor": _name(event), "note": event.note} for event in _history(order)],
        "allowed": list(allowed_from(order.status)),
    }


def page(found: Page) -> dict[str, Any]:
    """A page of the queue for staff."""
    items = [to_staff(order) for order in found.orders]
    return {"items": items, "next_cursor": encode(found.next) if found.next else None}


def _shown(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "status": order.status,
        "lines": [vars(line) for line in order.lines],
        "total_cents": order.total_cents,
        "currency": order.currency,
        "placed_at": order.placed_at.isoformat(),
    }


def _history(order: Order) -> list[Event]:
    # how an order comes about is nobody's business but ours
    return [event for event in order.history if event.status is not Status.PENDING]


def _event(event: Event) -> dict[str, Any]:
    return {"status": event.status, "at": event.at.isoformat()}


def _name(event: Event) -> str:
    return event.actor.name if event.actor.role is Role.STAFF else event.actor.role
