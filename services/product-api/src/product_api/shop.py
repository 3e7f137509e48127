"""The parts of a running product API, as its routes use them."""

from dataclasses import dataclass

from quart import current_app

from chassis.cache import Cache
from product_api.catalogue import Catalogue
from product_api.counts import Counts
from product_api.stock import Stock

SHOP = "shop"


@dataclass(frozen=True)
class Caches:
    """Answers that are kept for a few seconds, and forgotten when this process writes.

    What other processes write is seen when the time is over. No decision is made of what stands here: reservations and
    changes ask the database.
    """

    listings: Cache
    products: Cache
    categories: Cache

    async def forget(self, *product_ids: str) -> None:
        """Products were changed, and with them every listing."""
        self.listings.clear()
        self.categories.clear()
        await self.products.forget(*product_ids)

    def forget_all(self) -> None:
        """Many products were changed."""
        for cache in (self.listings, self.products, self.categories):
            cache.clear()


@dataclass(frozen=True)
class Shop:
    """Database, caches and metrics."""

    catalogue: Catalogue
    stock: Stock
    caches: Caches
    counts: Counts


def shop() -> Shop:
    """The parts of the running application."""
    found: Shop = current_app.extensions[SHOP]
    return found
