"""What the pages show: products, carts and orders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PRODUCT_ID = re.compile(r"[a-z0-9-]{1,64}")
MOST_LINES = 20
MOST_PIECES = 99
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


@dataclass(frozen=True)
class Product:
    """A product as product-api describes it; the price is in the smallest unit of the currency."""

    id: str
    name: str
    description: str
    category: str
    price_cents: int
    currency: str
    stock: int


@dataclass(frozen=True)
class Listing:
    """One page of products; `next_cursor` leads to the next one."""

    products: tuple[Product, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class OrderLine:
    """A line of an order, with the price it was sold for."""

    product_id: str
    quantity: int
    name: str
    unit_price_cents: int
    currency: str


@dataclass(frozen=True)
class Event:
    """The order entered a state."""

    status: str
    at: datetime


@dataclass(frozen=True)
class Order:
    """An order as order-api describes it."""

    number: str
    status: str
    customer_name: str
    lines: tuple[OrderLine, ...]
    total_cents: int
    currency: str
    history: tuple[Event, ...]


@dataclass(frozen=True)
class Cart:
    """Quantities by product id; a value, every change gives a new one."""

    quantities: Mapping[str, int]

    @classmethod
    def of(cls, stored: object) -> "Cart":
        """The cart in a session; what does not belong in one is dropped."""
        entries = stored.items() if isinstance(stored, dict) else ()
        return cls({k: v for k, v in entries if PRODUCT_ID.fullmatch(k) and isinstance(v, int)})

    def put(self, product_id: str, quantity: int) -> "Cart":
        """The cart with this quantity, at most MOST_PIECES; none removes the product.

        A full cart takes no further product.
        """
        kept = {key: value for key, value in self.quantities.items() if key != product_id}
        if quantity > 0 and PRODUCT_ID.fullmatch(product_id) and len(kept) < MOST_LINES:
            kept[product_id] = min(quantity, MOST_PIECES)
        return Cart(kept)

    def add(self, product_id: str, quantity: int) -> "Cart":
        """The cart with more of a product."""
        return self.put(product_id, self.quantities.get(product_id, 0) + quantity)

    @property
    def pieces(self) -> int:
        """How many pieces are in the cart."""
        return sum(self.quantities.values())


def money(cents: int, currency: str) -> str:
    """An amount for people, such as €1,299.00."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{symbol}{cents // 100:,}.{cents % 100:02}"
