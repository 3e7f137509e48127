"""Products as the shop shows them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

PRODUCT_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
FEW = 10  # pieces; below, a card says how many are left


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
    version: int
    updated_at: datetime | None = None

    @property
    def availability(self) -> str:
        """One of `plenty`, `few`, `none`."""
        return "none" if self.stock <= 0 else "few" if self.stock < FEW else "plenty"


@dataclass(frozen=True)
class Listing:
    """One page of products; `next_cursor` leads to the next one."""

    products: tuple[Product, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Category:
    """A category and how many products it has."""

    name: str
    products: int

    @property
    def slug(self) -> str:
        """Its name as a part of a CSS class."""
        return slug(self.name)


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens of `text`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def varied(products: Sequence[Product], most: int) -> tuple[Product, ...]:
    """At most `most` of `products` in their order, one of each category before a second of any."""
    seen: Counter[str] = Counter()
    turns = []
    for place, product in enumerate(products):
        turns.append((seen[product.category], place, product))
        seen[product.category] += 1
    return tuple(product for _, _, product in sorted(turns, key=lambda turn: turn[:2])[:most])
