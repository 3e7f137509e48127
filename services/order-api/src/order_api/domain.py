"""Orders: their states, what they are made of and what can go wrong with them."""

import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NUMBER = re.compile(r"TC-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]{6}")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is read as something else


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


# what fulfilment may ask for; leaving `pending` is the ordering's own business
TRANSITIONS: dict[Status, tuple[Status, ...]] = {
    Status.PLACED: (Status.PAID, Status.CANCELLED),
    Status.PAID: (Status.PACKED, Status.CANCELLED),
    Status.PACKED: (Status.SHIPPED, Status.CANCELLED),
    Status.SHIPPED: (Status.DELIVERED,),
}
WITHOUT_STOCK = (Status.REJECTED, Status.CANCELLED)


class OrderError(Exception):
    """A request that cannot be fulfilled."""


class UnknownOrderError(OrderError):
    """No order has this number."""


class KeyReusedError(OrderError):
    """The idempotency key belongs to another order."""


class RejectedError(OrderError):
    """The product API refuses the lines; `reason` is what it said, without status and title."""

    def __init__(self, reason: dict[str, object]) -> None:
        super().__init__(str(reason.get("detail", "The order was refused.")))
        self.reason = reason


class IllegalTransitionError(OrderError):
    """The order cannot go from its state to the wanted one."""

    def __init__(self, current: Status, wanted: Status) -> None:
        super().__init__(f"An order that is {current} cannot become {wanted}.")
        self.allowed = TRANSITIONS.get(current, ())


class StockUnavailableError(OrderError):
    """The product API cannot be reached; the same request may succeed later."""


@dataclass(frozen=True, order=True)
class WantedLine:
    """What a customer asks for."""

    product_id: str
    quantity: int


@dataclass(frozen=True)
class OrderLine:
    """What was reserved, with name and price of that moment."""

    product_id: str
    quantity: int
    name: str
    unit_price_cents: int
    currency: str


@dataclass(frozen=True)
class Customer:
    """Who orders."""

    name: str
    email: str


@dataclass(frozen=True)
class Placement:
    """A request for an order under an idempotency key."""

    key: str
    customer: Customer
    lines: tuple[WantedLine, ...]

    @property
    def fingerprint(self) -> str:
        """Equal for equal requests."""
        lines = [[line.product_id, line.quantity] for line in self.lines]
        content = json.dumps([self.customer.name, self.customer.email, lines])
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class Event:
    """An order entered a state."""

    status: Status
    at: datetime


@dataclass(frozen=True)
class Order:
    """An order as its customer sees it; the total is in the smallest unit of the currency."""

    number: str
    status: Status
    customer: Customer
    wanted: tuple[WantedLine, ...]
    lines: tuple[OrderLine, ...]
    refusal: dict[str, object] | None
    history: tuple[Event, ...]

    @property
    def total_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.quantity * line.unit_price_cents for line in self.lines)

    def check(self, wanted: Status) -> None:
        """Raise IllegalTransitionError unless the order may become `wanted`."""
        if wanted not in TRANSITIONS.get(self.status, ()):
            raise IllegalTransitionError(self.status, wanted)


def new_number() -> str:
    """A public number that nobody can guess (60 bits)."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"TC-{digits[:6]}-{digits[6:]}"
