"""Pages of the catalogue: what is asked for, in which order, and where the next one starts."""

from dataclasses import dataclass, field
from enum import StrEnum

from product_api.domain import Product
from product_api.search import Search


class Sort(StrEnum):
    """Orders of a listing. Each ends with something unique, which makes the position of a page unambiguous."""

    NAME = "name"
    NAME_DESCENDING = "-name"
    PRICE = "price"
    PRICE_DESCENDING = "-price"
    NEWEST = "newest"
    RELEVANCE = "relevance"

    @property
    def descending(self) -> bool:
        """Whether the highest value comes first."""
        return self not in (Sort.NAME, Sort.PRICE)

    @property
    def by_name(self) -> bool:
        """Whether names are compared, and then ids."""
        return self in (Sort.NAME, Sort.NAME_DESCENDING)

    @property
    def by_price(self) -> bool:
        """Whether prices are compared, and then ids."""
        return self in (Sort.PRICE, Sort.PRICE_DESCENDING)


@dataclass(frozen=True)
class Position:
    """The last product of a page: the next page starts behind it.

    (name, id), (price, id) or (tier, number), as the order of the listing compares them.
    """

    key: str | int
    last: str | int


@dataclass(frozen=True)
class Filter:
    """What a product must be to be listed; None and "" do not filter."""

    category: str = ""
    min_price: int | None = None
    max_price: int | None = None
    in_stock: bool | None = None


@dataclass(frozen=True)
class Query:
    """A page of the catalogue."""

    limit: int = 20
    sort: Sort = Sort.NAME
    filter: Filter = field(default_factory=Filter)
    search: Search | None = None
    after: Position | None = None


@dataclass(frozen=True)
class Page:
    """Some products, and where the next page starts if there is one."""

    products: tuple[Product, ...]
    next: Position | None


def page_of(found: list[tuple[int, Product]], query: Query) -> Page:
    """The page of products with their tiers, read one beyond the limit, which tells that there is a next page."""
    shown = found[: query.limit]
    more = len(found) > query.limit
    return Page(tuple(product for _, product in shown), _position(*shown[-1], query.sort) if more else None)


def _position(tier: int, product: Product, sort: Sort) -> Position:
    if sort.by_name:
        return Position(product.name, product.id)
    if sort.by_price:
        return Position(product.price_cents, product.id)
    return Position(tier, product.number)
