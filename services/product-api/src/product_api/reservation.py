"""Stock that is held for an order."""

import re
from dataclasses import dataclass

RESERVATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, order=True)
class Line:
    """How many of a product an order wants."""

    product_id: str
    quantity: int


@dataclass(frozen=True)
class ReservedLine:
    """A line that was taken from stock, with name and price of that moment."""

    product_id: str
    quantity: int
    name: str
    unit_price_cents: int
    currency: str


@dataclass(frozen=True)
class Reservation:
    """Stock held for one order."""

    order_id: str
    lines: tuple[ReservedLine, ...]

    def holds(self, lines: tuple[Line, ...]) -> bool:
        """Whether exactly these lines are held."""
        return tuple(Line(line.product_id, line.quantity) for line in self.lines) == lines


def merge(lines: list[Line]) -> tuple[Line, ...]:
    """One line a product, in a fixed order, so that reservations cannot deadlock."""
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.product_id] = totals.get(line.product_id, 0) + line.quantity
    return tuple(sorted(Line(product_id, quantity) for product_id, quantity in totals.items()))
