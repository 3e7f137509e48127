"""Products: what they are, and how they are told apart."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
MOST_STOCK = 1_000_000  # pieces of one product


@dataclass(frozen=True, kw_only=True)
class Content:
    """What staff write about a product; the price is in the smallest unit of the currency."""

    name: str
    description: str
    category: str
    price_cents: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class NewProduct(Content):
    """A product to put into the catalogue, with its first stock."""

    id: str
    stock: int


@dataclass(frozen=True, kw_only=True)
class Product(NewProduct):
    """A product of the catalogue.

    `version` counts the changes of its content, `updated_at` is the time of the last one; stock changes without them.
    `number` grows with every product and is told to nobody.
    """

    number: int
    version: int
    created_at: datetime
    updated_at: datetime


def id_from(name: str) -> str:
    """A product id made of its name; empty when no letter or digit is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:64].strip("-")
