"""Products, reservations of their stock, and what can go wrong with them."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
RESERVATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class CatalogueError(Exception):
    """A request that the catalogue cannot fulfil."""


class UnknownProductError(CatalogueError):
    """No product has this id."""


class ProductExistsError(CatalogueError):
    """Another product has this id."""


class ReservationMismatchError(CatalogueError):
    """The order already holds a reservation of other lines."""


class OutOfStockError(CatalogueError):
    """A line asks for more than there is; `available` is 0 for an unknown product."""

    def __init__(self, line: "Line", available: int) -> None:
        super().__init__(f"{line.product_id}: {line.quantity} wanted, {available} available")
        self.line = line
        self.available = available


@dataclass(frozen=True)
class Product:
    """Something to sell; the price is in the smallest unit of the currency."""

    id: str
    name: str
    description: str
    category: str
    price_cents: int
    currency: str
    stock: int


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


class Sort(StrEnum):
    """Orders of a listing."""

    NAME = "name"
    NAME_DESCENDING = "-name"
    PRICE = "price"
    PRICE_DESCENDING = "-price"

    @property
    def descending(self) -> bool:
        """Whether the highest value comes first."""
        return self.value.startswith("-")

    @property
    def by_price(self) -> bool:
        """Whether the price is compared, else the name."""
        return self in (Sort.PRICE, Sort.PRICE_DESCENDING)

    def key(self, product: Product) -> str | int:
        """The value of `product` that is compared."""
        return product.price_cents if self.by_price else product.name


@dataclass(frozen=True)
class Position:
    """The last product of a page: the next page starts behind it."""

    key: str | int
    id: str


@dataclass(frozen=True)
class Query:
    """A page of the catalogue; empty texts do not filter."""

    limit: int = 20
    category: str = ""
    search: str = ""
    sort: Sort = Sort.NAME
    after: Position | None = None


@dataclass(frozen=True)
class Page:
    """Some products, and where the next page starts if there is one."""

    products: tuple[Product, ...]
    next: Position | None


def page_of(products: list[Product], query: Query) -> Page:
    """Cut the one product read beyond the limit, which tells that there is a next page."""
    shown = tuple(products[: query.limit])
    more = len(products) > query.limit
    return Page(shown, Position(query.sort.key(shown[-1]), shown[-1].id) if more else None)


def merge(lines: list[Line]) -> tuple[Line, ...]:
    """One line a product, in a fixed order, so that reservations cannot deadlock."""
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.product_id] = totals.get(line.product_id, 0) + line.quantity
    return tuple(sorted(Line(product_id, quantity) for product_id, quantity in totals.items()))


def id_from(name: str) -> str:
    """A product id made of its name; empty when no letter or digit is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:64].strip("-")
