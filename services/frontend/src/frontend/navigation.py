"""The categories that every page links to, kept while product-api is slow or away."""

import asyncio

from chassis.cache import Cache
from chassis.upstream import UpstreamError
from frontend.catalogue import Catalogue
from frontend.products import Category

PATIENCE_SECONDS = 0.5  # an error page must not wait for what may be the cause of the error
KEY = "all"


class Navigation:
    """Reads the categories through a cache; falls back to the last ones it has seen."""

    def __init__(self, catalogue: Catalogue, cache: Cache) -> None:
        self._catalogue = catalogue
        self._cache = cache
        self._last: list[Category] = []

    async def categories(self) -> list[Category]:
        """All categories as far as they are known; empty when product-api never answered."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._last = await self._cache.get(KEY, self._catalogue.categories)
        except (TimeoutError, UpstreamError):
            pass
        return self._last

    async def forget(self) -> None:
        """Read the categories again: staff has changed the catalogue."""
        await self._cache.forget(KEY)
