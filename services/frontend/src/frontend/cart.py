"""Carts."""

from collections.abc import Mapping
from dataclasses import dataclass

from frontend.products import PRODUCT_ID, Product

MOST_LINES = 20
MOST_PIECES = 99


@dataclass(frozen=True)
class Cart:
    """Quantities by product id; a value, every change gives a new one."""

    quantities: Mapping[str, int]

    @classmethod
    def of(cls, stored: object) -> "Cart":
        """The cart in a session; what does not belong in one is dropped."""
        entries = list(stored.items()) if isinstance(stored, dict) else []
        sound = {key: value for key, value in entries if _is_product(key) and _is_quantity(value)}
        return cls(dict(list(sound.items())[:MOST_LINES]))

    def put(self, product_id: str, quantity: int) -> "Cart":
        """The cart with this quantity, at most MOST_PIECES; none removes the product.

        A full cart takes no further product.
        """
        if product_id not in self.quantities and (self.is_full or not PRODUCT_ID.fullmatch(product_id)):
            return self
        changed = {**self.quantities, product_id: min(quantity, MOST_PIECES)}  # a line keeps its place
        return Cart({key: value for key, value in changed.items() if value > 0})

    def add(self, product_id: str, quantity: int) -> "Cart":
        """The cart with more of a product."""
        return self.put(product_id, self.quantities.get(product_id, 0) + quantity)

    @property
    def is_full(self) -> bool:
        """Whether no further product fits."""
        return len(self.quantities) >= MOST_LINES

    @property
    def pieces(self) -> int:
        """How many pieces are in the cart."""
        return sum(self.quantities.values())


@dataclass(frozen=True)
class CartLine:
    """A product in the cart, at today's price."""

    product: Product
    quantity: int

    @property
    def total_cents(self) -> int:
        """What the line costs."""
        return self.product.price_cents * self.quantity

    @property
    def is_short(self) -> bool:
        """Whether there are fewer than wanted."""
        return self.product.stock < self.quantity


def _is_product(key: object) -> bool:
    return isinstance(key, str) and PRODUCT_ID.fullmatch(key) is not None


def _is_quantity(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_PIECES
