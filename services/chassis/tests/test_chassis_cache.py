"""A value is loaded once for everybody who asks, and Redis is a help that may be missing."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from testing.redis import RedisServer, throwaway_redis

from chassis.cache import Cache, connect

NAME = "listing"


class Loader:
    """Counts its loads; `gate` holds them back."""

    def __init__(self) -> None:
        self.loads = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def __call__(self) -> dict[str, int]:
        self.loads += 1
        number = self.loads
        await self.gate.wait()
        if self.error:
            raise self.error
        return {"load": number}


class Clock:
    """A clock that stands until a test turns it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def load() -> Loader:
    return Loader()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def cache(registry: CollectorRegistry, clock: Clock) -> Cache:
    return Cache(NAME, seconds=10, size=3, registry=registry, clock=clock)


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    with throwaway_redis() as server:
        yield server


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = connect(redis_server.url)
    await client.flushall()
    yield client
    await client.aclose()


def counted(registry: CollectorRegistry) -> dict[str, float]:
    """Requests by result, those that there were."""
    name = "techcommerce_cache_requests_total"
    found = {
        each: registry.get_sample_value(name, {"cache": NAME, "result": each}) for each in ("hit", "miss", "shared")
    }
    return {result: value for result, value in found.items() if value}


async def test_a_thousand_at_once_are_one_load(cache: Cache, load: Loader, registry: CollectorRegistry) -> None:
    load.gate.clear()
    waiting = [asyncio.create_task(cache.get("a", load)) for _ in range(1000)]
    await asyncio.sleep(0)
    load.gate.set()

    assert await asyncio.gather(*waiting) == [{"load": 1}] * 1000
    assert load.loads == 1
    assert counted(registry) == {"miss": 1, "shared": 999}


async def test_a_value_lives_as_long_as_it_should(
    cache: Cache, load: Loader, clock: Clock, registry: CollectorRegistry
) -> None:
    assert [await cache.get("a", load) for _ in range(2)] == [{"load": 1}] * 2
    clock.now += 9.9
    assert await cache.get("a", load) == {"load": 1}
    clock.now += 0.2
    assert await cache.get("a", load) == {"load": 2}
    assert counted(registry) == {"hit": 2, "miss": 2}


async def test_one_who_gives_up_does_not_stop_the_load_of_the_others(cache: Cache, load: Loader) -> None:
    load.gate.clear()
    first, second = (asyncio.create_task(cache.get("a", load)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    load.gate.set()

    assert first.cancelled()
    assert await second == {"load": 1}
    assert await cache.get("a", load) == {"load": 1}


async def test_a_failure_reaches_everybody_who_waits_and_is_not_kept(cache: Cache, load: Loader) -> None:
    load.error = RuntimeError("database is away")
    results = await asyncio.gather(*(cache.get("a", load) for _ in range(3)), return_exceptions=True)
    load.error = None

    assert [str(result) for result in results] == ["database is away"] * 3
    assert await cache.get("a", load) == {"load": 2}


async def test_a_failure_that_nobody_waits_for_any_more_is_quiet(cache: Cache, load: Loader) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
    load.gate.clear()
    load.error = RuntimeError("too late")
    only = asyncio.create_task(cache.get("a", load))
    await asyncio.sleep(0)
    only.cancel()
    await asyncio.gather(only, return_exceptions=True)
    load.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert (load.loads, complaints) == (1, [])


async def test_what_was_forgotten_while_it_loaded_is_loaded_again(cache: Cache, load: Loader) -> None:
    load.gate.clear()
    before = asyncio.create_task(cache.get("a", load))
    await asyncio.sleep(0)
    await cache.forget("a")
    after = asyncio.create_task(cache.get("a", load))
    await asyncio.sleep(0)
    load.gate.set()

    assert (await before, await after) == ({"load": 1}, {"load": 2})
    assert await cache.get("a", load) == {"load": 2}


async def test_the_oldest_goes_when_there_is_no_room(cache: Cache, load: Loader) -> None:
    for key in "abcd":
        await cache.get(key, load)

    assert await cache.get("d", load) == {"load": 4}
    assert await cache.get("a", load) == {"load": 5}


async def test_clear_empties_it(cache: Cache, load: Loader) -> None:
    await cache.get("a", load)
    cache.clear()

    assert await cache.get("a", load) == {"load": 2}


async def test_two_caches_count_in_one_metric(cache: Cache, load: Loader, registry: CollectorRegistry) -> None:
    other = Cache("other", seconds=1, size=1, registry=registry)
    await cache.get("a", load)
    await other.get("a", load)

    assert counted(registry) == {"miss": 1}
    labels = {"cache": "other", "result": "miss"}
    assert registry.get_sample_value("techcommerce_cache_requests_total", labels) == 1


@pytest.mark.parametrize("value", [{"a": [1, None, "é"]}, [], "text", b"\x00\xff", b"", "", None])
async def test_processes_share_values_by_redis(redis: Redis, clock: Clock, value: object) -> None:
    async def load() -> object:
        return value

    async def never() -> object:
        raise AssertionError("the other process has loaded it")

    registry = CollectorRegistry()
    ours = Cache(NAME, seconds=10, size=3, registry=CollectorRegistry(), redis=redis, clock=clock)
    theirs = Cache(NAME, seconds=10, size=3, registry=registry, redis=redis, clock=clock)
    await ours.get("a", load)

    assert await theirs.get("a", never) == value
    assert counted(registry) == {"hit": 1}
    assert 0 < await redis.pttl(f"techcommerce:{NAME}:a") <= 10_000


async def test_what_one_process_forgets_no_process_finds_in_redis(redis: Redis, load: Loader, clock: Clock) -> None:
    ours, theirs = (
        Cache(NAME, seconds=10, size=3, registry=CollectorRegistry(), redis=redis, clock=clock) for _ in range(2)
    )
    await ours.get("a", load)
    await ours.forget("a", "b")

    assert await theirs.get("a", load) == {"load": 2}


@pytest.mark.parametrize("found", ["", "x", "j{", "j\xff"])
async def test_what_somebody_else_wrote_into_redis_is_not_a_value(
    redis: Redis, load: Loader, clock: Clock, found: str
) -> None:
    await redis.set(f"techcommerce:{NAME}:a", found.encode("latin-1"))
    cache = Cache(NAME, seconds=10, size=3, registry=CollectorRegistry(), redis=redis, clock=clock)

    assert await cache.get("a", load) == {"load": 1}


@pytest.mark.parametrize("how", ["stop", "hang"])
async def test_redis_may_go_away_and_come_back(load: Loader, clock: Clock, how: str) -> None:
    with throwaway_redis() as server, structlog.testing.capture_logs() as logs:
        client = connect(server.url)
        cache = Cache(NAME, seconds=10, size=100, registry=CollectorRegistry(), redis=client, clock=clock)
        await cache.get("before", load)
        getattr(server, how)()
        async with asyncio.timeout(2):  # one wait, then Redis is left alone
            for number in range(50):
                await cache.get(f"away-{number}", load)
            await cache.forget("before")
        server.stop()
        server.start()
        clock.now += 6  # past the rest of the breaker
        await cache.get("after", load)

        assert await client.get(f"techcommerce:{NAME}:after") == b'j{"load": 52}'
        await client.aclose()
    assert load.loads == 52
    assert [entry["event"] for entry in logs] == [
        "Redis is away, values are cached in this process alone",
        "Redis is back",
    ]
