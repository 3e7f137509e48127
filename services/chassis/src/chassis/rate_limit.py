"""How often somebody may ask: a token bucket by key, in this process."""

import time
from collections.abc import Callable

from cachetools import TTLCache

MOST_KEYS = 50_000  # a few MiB; past it the bucket that was used longest ago is forgotten, as if it were full


class RateLimit:
    """`per_second` requests in the long run and `burst` at once, for every key."""

    def __init__(
        self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic, keys: int = MOST_KEYS
    ) -> None:
        self._clock = clock
        self._interval = 1 / per_second
        self._depth = burst / per_second
        # by key the time at which its bucket is full again; one that is full needs no memory
        self._full_at: TTLCache[str, float] = TTLCache(keys, self._depth, clock)

    def allows(self, key: str) -> float:
        """0.0 when `key` may ask now (which counts), else the seconds until it may."""
        now = self._clock()
        full_at = max(now, self._full_at.get(key, now)) + self._interval
        wait = full_at - now - self._depth
        if wait > 1e-9:  # less is an error of the arithmetic
            return wait
        self._full_at[key] = full_at
        return 0.0
