"""An in-process cache with times to live, one load at a time for a key, and optionally Redis behind it."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import structlog
from cachetools import TTLCache
from prometheus_client import CollectorRegistry, Counter

from chassis.breaker import Breaker
from chassis.families import family

if TYPE_CHECKING:
    from redis.asyncio import Redis

T = TypeVar("T")
REDIS_SECONDS = 0.25  # a cache that answers later is no help
RAW, JSON = b"r", b"j"  # the first byte of what is kept in Redis
MISSING = object()


def connect(url: str) -> "Redis":
    """A client of the Redis at `url` with bounded waits; it connects on first use, close it with `aclose`."""
    from redis.asyncio import Redis  # not every process has one, and it takes a while to import

    return Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)


class Cache:
    """Values by key for `seconds`, at most `size` of them; they are shared, so nobody may change them.

    With `redis` a value is JSON or bytes. Without it, or while it is away, every process has a cache of its own.
    """

    def __init__(
        self,
        name: str,
        *,
        seconds: float,
        size: int,
        registry: CollectorRegistry,
        redis: "Redis | None" = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._seconds = seconds
        self._values: TTLCache[str, Any] = TTLCache(size, seconds, clock)
        self._loads: dict[str, asyncio.Task[Any]] = {}
        self._shared = _Shared(redis, clock) if redis is not None else None
        self._requests = family(
            registry,
            Counter,
            "techcommerce_cache_requests",
            "Values asked of a cache: kept (hit), loaded (miss) or waited for with somebody else (shared)",
            ("cache", "result"),
        )

    async def get(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        """The value of `key`, else what `load` brings; who asks meanwhile waits for the same load.

        What `load` raises reaches everybody who waits for it, and is not kept.
        """
        try:
            value = self._values[key]
        except KeyError:
            pass
        else:
            self._count("hit")
            return cast(T, value)
        task = self._loads.get(key)
        if task is None:
            task = self._loads[key] = asyncio.create_task(self._fill(key, load))
            task.add_done_callback(lambda done: self._finished(key, done))
        else:
            self._count("shared")
        # one who gives up waiting must not take the value from the others
        return cast(T, await asyncio.shield(task))

    async def forget(self, *keys: str) -> None:
        """Load these keys anew; a load that has begun may have read what is old, so it is not kept either."""
        for key in keys:
            self._values.pop(key, None)
            self._loads.pop(key, None)
        if self._shared:
            await self._shared.delete(*map(self._shared_key, keys))

    def clear(self) -> None:
        """Empty the cache of this process."""
        self._values.clear()
        self._loads.clear()

    async def _fill(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        value = _decoded(await self._shared.get(self._shared_key(key))) if self._shared else MISSING
        found = value is not MISSING
        self._count("hit" if found else "miss")
        if not found:
            value = await load()
        if self._loads.get(key) is asyncio.current_task():  # else it was forgotten meanwhile
            self._values[key] = value
            if self._shared and not found:
                await self._shared.set(self._shared_key(key), _encoded(value), self._seconds)
        return cast(T, value)

    def _finished(self, key: str, task: "asyncio.Task[Any]") -> None:
        if self._loads.get(key) is task:
            del self._loads[key]
        if not task.cancelled():
            task.exception()  # asked for, else asyncio complains when nobody waits any more

    def _count(self, result: str) -> None:
        self._requests.labels(self._name, result).inc()

    def _shared_key(self, key: str) -> str:
        return f"techcommerce:{self._name}:{key}"


class _Shared:
    """Redis, which may be away: then it holds nothing, is asked rarely, and one line says so."""

    def __init__(self, redis: "Redis", clock: Callable[[], float]) -> None:
        self._redis = redis
        self._breaker = Breaker(clock, failures=1)
        self._away = False

    async def get(self, key: str) -> bytes | None:
        """The bytes of `key`, None when there are none to be had."""
        return cast("bytes | None", await self._try(lambda: self._redis.get(key)))

    async def set(self, key: str, value: bytes, seconds: float) -> None:
        """Keep `value` for `seconds`, if Redis is there."""
        await self._try(lambda: self._redis.set(key, value, px=max(1, int(seconds * 1000))))

    async def delete(self, *keys: str) -> None:
        """Drop `keys`; when Redis is away they end with their time to live."""
        await self._try(lambda: self._redis.delete(*keys))

    async def _try(self, call: Callable[[], Awaitable[Any]]) -> Any:
        from redis.exceptions import RedisError

        if not self._breaker.allows():
            return None
        try:
            answer = await call()
        except (RedisError, OSError) as error:  # its timeouts are RedisErrors
            self._breaker.failed()
            self._tell(True, error=type(error).__name__)
            return None
        self._breaker.succeeded()
        self._tell(False)
        return answer

    def _tell(self, away: bool, **details: str) -> None:
        if away != self._away:
            event = "Redis is away, values are cached in this process alone" if away else "Redis is back"
            structlog.stdlib.get_logger(__name__).warning(event, **details)
            self._away = away


def _encoded(value: object) -> bytes:
    return RAW + value if isinstance(value, bytes) else JSON + json.dumps(value).encode()


def _decoded(found: bytes | None) -> Any:
    if not found:
        return MISSING
    try:
        return found[1:] if found[:1] == RAW else json.loads(found[1:])
    except ValueError:  # not from a process of this version
        return MISSING
