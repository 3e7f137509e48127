"""What staff fill in for a product."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.money import SYMBOLS, cents, decimal
from frontend.products import Product

LONGEST = {"name": 120, "description": 2000, "category": 60}
MOST_STOCK = 1_000_000


@dataclass(frozen=True)
class ProductForm:
    """The fields as they were sent."""

    name: str = ""
    description: str = ""
    category: str = ""
    price: str = ""
    currency: str = "EUR"
    stock: str = "0"

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "ProductForm":
        """The form as it was sent; line breaks of the description become plain ones."""
        description = sent.get("description", "").replace("\r\n", "\n").strip()
        kept = {name: sent.get(name, "").strip() for name in ("name", "category", "price", "currency", "stock")}
        return cls(description=description, **kept)

    @classmethod
    def showing(cls, product: Product) -> "ProductForm":
        """The form of a product that exists."""
        price = decimal(product.price_cents)
        return cls(product.name, product.description, product.category, price, product.currency, str(product.stock))

    def errors(self, *, new: bool) -> dict[str, str]:
        """What is wrong, by field; stock counts for a new product only."""
        found = {}
        for name, longest in LONGEST.items():
            if not 1 <= len(getattr(self, name)) <= longest:
                found[name] = f"Please use 1 to {longest} characters."
        if cents(self.price) is None:
            found["price"] = "A price looks like 129.00."
        if self.currency not in SYMBOLS:
            found["currency"] = "Choose a currency."
        if new and (whole := whole_number(self.stock)) is not None and not 0 <= whole <= MOST_STOCK:
            found["stock"] = f"Please use a whole number from 0 to {MOST_STOCK:,}."
        elif new and whole is None:
            found["stock"] = "Please use a whole number."
        return found

    def body(self, *, new: bool) -> dict[str, Any]:
        """The product as product-api wants it; only of a form without errors."""
        body = {
            "name": self.name,
            "description": self.description,
            "category": self.category,
            "price_cents": cents(self.price),
            "currency": self.currency,
        }
        return {**body, "stock": int(self.stock)} if new else body


def whole_number(text: str) -> int | None:
    """A whole number of at most seven digits, None for anything else."""
    digits = text.strip().removeprefix("-").removeprefix("+")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 7 else None
