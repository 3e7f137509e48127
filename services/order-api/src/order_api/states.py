"""States of an order, what may follow them and what entering them brings with it."""

from enum import StrEnum


class Status(StrEnum):
    """States of an order; a pending one is stored, but its stock is not confirmed yet."""

    PENDING = "pending"
    REJECTED = "rejected"
    PLACED = "placed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


# what fulfilment may ask for; leaving `pending` is the ordering's own business
TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.PLACED: (Status.PAID, Status.CANCELLED),
    Status.PAID: (Status.PACKED, Status.REFUNDED),
    Status.PACKED: (Status.SHIPPED, Status.REFUNDED),
    Status.SHIPPED: (Status.DELIVERED,),
    Status.DELIVERED: (Status.REFUNDED,),
}
# what a customer who cancels gets; one who did it already gets the same again
CANCELLATIONS: dict[Status, Status] = {
    Status.PLACED: Status.CANCELLED,
    Status.PAID: Status.REFUNDED,
    Status.CANCELLED: Status.CANCELLED,
    Status.REFUNDED: Status.REFUNDED,
}
PUBLIC = tuple(status for status in Status if status not in (Status.PENDING, Status.REJECTED))
OPEN = (Status.PLACED, Status.PAID, Status.PACKED, Status.SHIPPED)  # somebody has to do something
WITHOUT_STOCK = (Status.REJECTED, Status.CANCELLED)
NOTIFIED = frozenset(PUBLIC) - {Status.PACKED}  # what customers want to hear of


def allowed_from(status: Status) -> tuple[Status, ...]:
    """What fulfilment may make of an order in `status`."""
    return TRANSITIONS.get(status, ())


def cancellable_to(status: Status) -> tuple[Status, ...]:
    """What its customer may still make of an order in `status`."""
    to = CANCELLATIONS.get(status, status)
    return (to,) if to is not status else ()


def returns_stock(current: Status, to: Status) -> bool:
    """Whether going from `current` to `to` gives the goods back: what was shipped is not on the shelf any more."""
    return to in WITHOUT_STOCK or (to is Status.REFUNDED and current in (Status.PAID, Status.PACKED))
