"""Orders: what they are made of and who did what to them."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from order_api.errors import IllegalTransitionError, RejectedError
from order_api.states import Status, allowed_from

NUMBER = re.compile(r"TC-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]{6}")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is read as something else


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
    """Who orders, and where to send it; the address is empty in orders of before it was asked for."""

    name: str
    email: str
    address: str = ""


@dataclass(frozen=True)
class Placement:
    """A request for an order under an idempotency key."""

    key: str
    customer: Customer
    lines: tuple[WantedLine, ...]

    @property
    def fingerprint(self) -> str:
        """Equal for equal requests; without an address the one that the version before addresses made."""
        lines = [[line.product_id, line.quantity] for line in self.lines]
        content: list[object] = [self.customer.name, self.customer.email, lines]
        if self.customer.address:
            content.append(self.customer.address)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


class Role(StrEnum):
    """Who can do something to an order."""

    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who did something; only staff has a name."""

    role: Role
    name: str = ""


CUSTOMER = Actor(Role.CUSTOMER)
SYSTEM = Actor(Role.SYSTEM)


@dataclass(frozen=True)
class Change:
    """An order shall enter a state."""

    to: Status
    actor: Actor
    note: str = ""


@dataclass(frozen=True)
class Event:
    """An order entered a state."""

    status: Status
    at: datetime
    actor: Actor = SYSTEM
    note: str = ""


@dataclass(frozen=True)
class Order:
    """A whole order; `wanted` is what was asked for, `lines` what is held (none while pending or rejected)."""

    number: str
    status: Status
    customer: Customer
    wanted: tuple[WantedLine, ...]
    lines: tuple[OrderLine, ...]
    refusal: dict[str, object] | None
    placed_at: datetime
    history: tuple[Event, ...]

    @property
    def total_cents(self) -> int:
        """The sum of the lines in the smallest unit of their currency."""
        return sum(line.quantity * line.unit_price_cents for line in self.lines)

    @property
    def currency(self) -> str | None:
        """The one currency of the lines; None while there are none."""
        return self.lines[0].currency if self.lines else None

    def check(self, wanted: Status) -> None:
        """Raise IllegalTransitionError unless the order may become `wanted`."""
        if wanted not in allowed_from(self.status):
            raise IllegalTransitionError(self.status, wanted)


def refuse_mixed_currencies(lines: Iterable[OrderLine]) -> None:
    """RejectedError when the lines cannot be added up."""
    currencies = sorted({line.currency for line in lines})
    if len(currencies) > 1:
        detail = f"An order is paid in one currency; these products have {' and '.join(currencies)}."
        raise RejectedError({"detail": detail})


def new_number() -> str:
    """A public number that nobody can guess (60 bits)."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"TC-{digits[:6]}-{digits[6:]}"
