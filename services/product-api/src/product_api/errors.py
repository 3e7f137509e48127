"""What can go wrong with products and reservations of their stock."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from product_api.reservation import Line


class CatalogueError(Exception):
    """A request that the catalogue cannot fulfil."""


class UnknownProductError(CatalogueError):
    """No product has this id."""


class ProductExistsError(CatalogueError):
    """Another product has this id."""


class StaleVersionError(CatalogueError):
    """The product was changed since the client read it; `version` is the one it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the version is {version}")
        self.version = version


class StockRangeError(CatalogueError):
    """A change would leave the stock below zero or above what a shelf holds; `stock` is what there is."""

    def __init__(self, stock: int) -> None:
        super().__init__(f"{stock} in stock")
        self.stock = stock


class ReservationMismatchError(CatalogueError):
    """The order already holds a reservation of other lines."""


class ReservationReleasedError(CatalogueError):
    """The order's reservation was released, which is final."""


class OutOfStockError(CatalogueError):
    """A line asks for more than there is; `available` is 0 for an unknown product."""

    def __init__(self, line: "Line", available: int) -> None:
        super().__init__(f"{line.product_id}: {line.quantity} wanted, {available} available")
        self.line = line
        self.available = available


@dataclass(frozen=True)
class FileMistake:
    """What is wrong in one line of a catalogue file; `pointer` names the column, "" the whole line."""

    line: int
    pointer: str
    detail: str


class CatalogueFileError(CatalogueError):
    """A catalogue file has mistakes: the first of them by line, and how many `more` there are."""

    def __init__(self, mistakes: tuple[FileMistake, ...], more: int = 0) -> None:
        super().__init__(f"{len(mistakes) + more} mistakes")
        self.mistakes = mistakes
        self.more = more
