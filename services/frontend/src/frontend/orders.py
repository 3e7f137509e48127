"""Orders as the shop shows them."""

import re
from dataclasses import dataclass
from datetime import datetime

NUMBER = re.compile(r"TC-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]{6}")
STEPS = ("placed", "paid", "packed", "shipped", "delivered")
MEANINGS = {
    "pending": "We are asking for your products. Look again in a moment.",
    "rejected": "Your products were sold out before we could set them aside. Nothing was ordered.",
    "placed": "We have your order and keep its products for you.",
    "paid": "Payment has arrived. We are about to pack.",
    "packed": "Your parcel is closed and waits for the carrier.",
    "shipped": "Your parcel is on its way.",
    "delivered": "Your parcel has arrived. Enjoy it.",
    "cancelled": "This order was cancelled. Nothing will be sent.",
    "refunded": "This order was refunded. The money is on its way back.",
}
ACTIONS = {
    "paid": "Mark as paid",
    "packed": "Mark as packed",
    "shipped": "Hand to carrier",
    "delivered": "Mark as delivered",
    "cancelled": "Cancel order",
    "refunded": "Refund order",
}
FINAL = ("cancelled", "refunded")  # asked for twice, as nothing leads back


@dataclass(frozen=True)
class OrderLine:
    """A line of an order, with the price it was sold for."""

    product_id: str
    quantity: int
    name: str
    unit_price_cents: int

    @property
    def total_cents(self) -> int:
        """What the line costs."""
        return self.unit_price_cents * self.quantity


@dataclass(frozen=True)
class Event:
    """The order entered a state."""

    status: str
    at: datetime
    actor: str
    note: str = ""


@dataclass(frozen=True)
class Order:
    """An order as order-api describes it; e-mail and address are there for staff only."""

    number: str
    status: str
    customer_name: str
    lines: tuple[OrderLine, ...]
    total_cents: int
    currency: str
    placed_at: datetime
    history: tuple[Event, ...]
    allowed: tuple[str, ...]
    email: str = ""
    address: str = ""

    @property
    def is_cancellable(self) -> bool:
        """Whether its customer may still cancel it, as order-api told him."""
        return any(state in FINAL for state in self.allowed)

    def reached(self, step: str) -> Event | None:
        """When the order entered the state `step`, None while it has not."""
        return next((event for event in self.history if event.status == step), None)


@dataclass(frozen=True)
class QueuePage:
    """Some orders of the fulfilment queue, oldest first."""

    orders: tuple[Order, ...]
    next_cursor: str | None
