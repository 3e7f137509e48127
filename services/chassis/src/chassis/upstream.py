"""Calls to another service: bounded in time, size and number of tries."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from chassis.breaker import Breaker
from chassis.request_id import HEADER, current_request_id

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
TRANSIENT = frozenset({502, 503, 504})
TRIES = 3
BACKOFF_SECONDS = 0.05
REPLY_LIMIT = 4 * 1024 * 1024  # bytes


class UpstreamError(Exception):
    """The upstream gave no usable answer."""


class UpstreamTimeoutError(UpstreamError):
    """The upstream did not answer in time."""


@dataclass(frozen=True)
class Reply:
    """A complete answer; header names keep their order and may repeat."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON; UpstreamError when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise UpstreamError(f"answer {self.status} is not JSON") from error


class Upstream:
    """One service at a base URL; lives as long as the application and is closed by it."""

    def __init__(self, base: str, *, seconds: float = 5.0) -> None:
        self._base = base
        self._breaker = Breaker(time.monotonic)
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=seconds, connect=min(2.0, seconds)),
            cookie_jar=aiohttp.DummyCookieJar(),  # cookies of one visitor must not reach another
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},  # bodies are passed on as they are
            connector=aiohttp.TCPConnector(limit=100),
        )

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._session.close()

    async def call(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        idempotent: bool | None = None,
    ) -> Reply:
        """Send `method` to the already encoded path and query `target`.

        Idempotent calls are tried up to TRIES times; `idempotent` overrides what the method says.
        Raises UpstreamTimeoutError or UpstreamError when no try brought an answer.
        """
        tries = TRIES if (method in IDEMPOTENT if idempotent is None else idempotent) else 1
        for left in reversed(range(tries)):
            if not self._breaker.allows():
                raise UpstreamError("resting after repeated failures")
            try:
                reply = await self._once(method, target, headers or {}, body)
            except UpstreamError:
                self._breaker.failed()
                if not left:
                    raise
            else:
                if reply.status not in TRANSIENT:
                    self._breaker.succeeded()
                    return reply
                self._breaker.failed()
                if not left:
                    return reply
            await asyncio.sleep(BACKOFF_SECONDS * (tries - left) * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        raise AssertionError("unreachable")

    async def _once(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        url = URL(self._base + target, encoded=True)
        sent = {**headers, HEADER: current_request_id()} if current_request_id() else dict(headers)
        try:
            async with self._session.request(method, url, headers=sent, data=body, allow_redirects=False) as answer:
                content = bytearray()
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if len(content) > REPLY_LIMIT:
                        raise UpstreamError("answer is too large")
                return Reply(answer.status, tuple(answer.headers.items()), bytes(content))
        except TimeoutError as error:
            raise UpstreamTimeoutError("no answer in time") from error
        except aiohttp.ClientError as error:
            raise UpstreamError(f"no connection ({type(error).__name__})") from error
