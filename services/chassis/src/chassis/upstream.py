"""Calls to another service: signed, traced, and bounded in time, size and number of tries."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry
from yarl import URL

from chassis.breaker import Breaker
from chassis.connections import Connections
from chassis.request_id import HEADER, current_request_id
from chassis.retry_budget import RetryBudget
from chassis.tokens import Signer
from chassis.tracing import client_span
from chassis.upstream_metrics import UpstreamMetrics

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


@dataclass(frozen=True)
class _Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    route: str


class Upstream:
    """The service `name` at a base URL; lives as long as the application and is closed by it.

    `seconds` bounds one try, and no try begins later than that after the first. With a `signer` calls carry a token.
    """

    def __init__(
        self,
        base: str,
        *,
        name: str = "upstream",
        seconds: float = 5.0,
        signer: Signer | None = None,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._base = base
        self._name = name
        self._seconds = seconds
        self._signer = signer
        self._breaker = Breaker(time.monotonic)
        self._budget = RetryBudget()
        self._metrics = UpstreamMetrics(registry or CollectorRegistry(), name)
        self._connections = Connections(self._client)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._connections.close()

    async def call(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        idempotent: bool | None = None,
        subject: str = "",
        route: str = "",
    ) -> Reply:
        """Send `method` to the already encoded path and query `target`, on behalf of the member of staff `subject`.

        `route` is the template of the path, for traces: /api/products/{id}.
        Idempotent calls are tried up to TRIES times; `idempotent` overrides what the method says.
        Raises UpstreamTimeoutError or UpstreamError when no try brought an answer.
        """
        sent = dict(headers or {})
        if current_request_id():
            sent[HEADER] = current_request_id()
        if self._signer:
            sent["Authorization"] = f"Bearer {self._signer.token(self._name, subject)}"
        asked = _Request(method, target, sent, body, route)
        tries = TRIES if (method in IDEMPOTENT if idempotent is None else idempotent) else 1
        self._budget.called()
        began = time.monotonic()
        for number in range(1, tries + 1):
            if not self._breaker.allows():
                self._metrics.refused(method)
                raise UpstreamError(f"{self._name} is resting after repeated failures")
            try:
                reply = await self._once(asked)
            except UpstreamError:
                if not self._again(number, tries, began):
                    raise
            else:
                if reply.status not in TRANSIENT or not self._again(number, tries, began):
                    return reply
            await asyncio.sleep(BACKOFF_SECONDS * number * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        raise AssertionError("the last try returns or raises")

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._seconds, connect=min(2.0, self._seconds)),
            cookie_jar=aiohttp.DummyCookieJar(),  # cookies of one visitor must not reach another
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},  # bodies are passed on as they are
            connector=aiohttp.TCPConnector(limit=100),
        )

    def _again(self, number: int, tries: int, began: float) -> bool:
        if number == tries or time.monotonic() - began > self._seconds or not self._budget.spend():
            return False
        self._metrics.retries.inc()
        return True

    async def _once(self, asked: _Request) -> Reply:
        began, headers = time.perf_counter(), dict(asked.headers)
        try:
            with client_span(asked.method, self._name, asked.route, headers) as span:
                reply = await self._exchange(asked, headers)
                span.set_attribute("http.response.status_code", reply.status)
        except UpstreamError as error:
            self._note(asked, "timeout" if isinstance(error, UpstreamTimeoutError) else "error", began, good=False)
            raise
        self._note(asked, f"{reply.status // 100}xx", began, good=reply.status not in TRANSIENT)
        return reply

    def _note(self, asked: _Request, outcome: str, began: float, *, good: bool) -> None:
        (self._breaker.succeeded if good else self._breaker.failed)()
        self._metrics.breaker_open.set(not self._breaker.closed)
        self._metrics.tried(asked.method, outcome, time.perf_counter() - began)

    async def _exchange(self, asked: _Request, headers: Mapping[str, str]) -> Reply:
        url = URL(self._base + asked.target, encoded=True)
        try:
            async with (
                self._connections.client() as client,
                client.request(asked.method, url, headers=headers, data=asked.body, allow_redirects=False) as answer,
            ):
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
