"""A limit to how many requests do costly work at once.

Without it a rush makes every request wait for each of its transactions, until all run out of time half-done.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from order_api.errors import BusyError


class Turnstile:
    """Lets `places` in at a time, in their order; who waits longer than `seconds` has cost nothing yet."""

    def __init__(self, places: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(places)
        self._seconds = seconds

    @contextlib.asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """The context in which the work is done; BusyError when there was no place in time."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise BusyError from error
        try:
            yield
        finally:
            self._free.release()
