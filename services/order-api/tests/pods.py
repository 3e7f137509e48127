"""The product API and pods of the order API as processes on PostgreSQL, to be killed at will."""

import asyncio
import contextlib
import random
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from order_requests import token
from testing.process import environment, status_of, until
from testing.server import free_port

from chassis.migration import migrate

LOCAL = {"environment": "development", "bind": "127.0.0.1", "shutdown_delay_seconds": "0"}


class Pod:
    """One service on one port; what it logs is appended to a file."""

    def __init__(self, package: str, log: Path, **settings: str) -> None:
        port = str(free_port())
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._package = package
        self._environment = environment(**LOCAL, **settings, port=port)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start, and wait until it is ready."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._package, env=self._environment, stdout=log, stderr=log
            )
        async with aiohttp.ClientSession() as session:

            async def ready() -> bool:
                return await status_of(session, f"{self.url}/healthz") == 200

            await until(ready)

    async def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal, unless it has ended by itself, and wait for the end; the exit code."""
        assert self._process
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
        return await self._process.wait()


@dataclass
class Shop:
    """Where everything is; requests go to any of the pods, as behind a Service."""

    catalogue: Pod
    pods: list[Pod]
    session: aiohttp.ClientSession
    troubles: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    async def ask(self, method: str, path: str, *, tries: int = 100, **more: Any) -> tuple[int, dict[str, Any]]:
        """Ask until an answer is final, less and less often; 0 when none of so many tries brought one."""
        for number in range(tries):
            url, pause = self.chance.choice(self.pods).url + path, 0.2
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with self.session.request(method, url, **more) as answer:
                    if answer.status < 500:
                        return answer.status, await answer.json(content_type=None)
                    pause = float(answer.headers.get("Retry-After", pause))
            self.troubles += 1
            await asyncio.sleep(min(pause * 2**number, 15.0) * self.chance.uniform(0.5, 1.5))
        return 0, {}

    async def stock(self, product: str, at_first: int) -> None:
        """Put a new product on the shelf."""
        body = {"name": product, "category": "Things", "price_cents": 100, "stock": at_first}
        headers = token("ada", audience="product-api")
        async with self.session.post(f"{self.catalogue.url}/api/products", json=body, headers=headers) as answer:
            assert answer.status == 201, await answer.text()

    async def left(self, product: str) -> int:
        """What is in stock now."""
        headers = {"Cache-Control": "no-cache"}
        async with self.session.get(f"{self.catalogue.url}/api/products/{product}", headers=headers) as answer:
            return int((await answer.json())["stock"])


@contextlib.asynccontextmanager
async def open_shop(folder: Path, products_url: str, orders_url: str, **settings: str) -> AsyncIterator[Shop]:
    """A product API without cache and two pods of the order API, ready."""
    await migrate(products_url, "product_api")
    await migrate(orders_url, "order_api")
    catalogue = Pod("product_api", folder / "catalogue.log", database_url=products_url, cache_seconds="0")
    settings |= {"database_url": orders_url, "product_api_url": catalogue.url}
    pods = [Pod("order_api", folder / f"pod-{n}.log", **settings) for n in range(2)]
    timeout, connector = aiohttp.ClientTimeout(total=30), aiohttp.TCPConnector(limit=0)
    try:
        await asyncio.gather(*(pod.start() for pod in (catalogue, *pods)))
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            yield Shop(catalogue, pods, session)
    finally:
        for pod in (catalogue, *pods):
            await pod.end()
