"""Connections to another service that do not outlive its releases.

A pod is chosen when a connection is made: one that is kept busy stays with its pod, whatever the Service selects by
then. So the switch of a blue-green release would reach nobody who has connections already.
"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

SECONDS = 5.0  # that connections are used for


@dataclass
class _Session:
    opened: float
    client: aiohttp.ClientSession
    calls: int = 0


class Connections:
    """Pooled connections, made by `make` and replaced after `seconds`; calls under way end on the ones they have."""

    def __init__(
        self,
        make: Callable[[], aiohttp.ClientSession],
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._seconds = seconds
        self._clock = clock
        self._sessions: list[_Session] = []  # the newest is the last

    @asynccontextmanager
    async def client(self) -> AsyncIterator[aiohttp.ClientSession]:
        """The connections for one call."""
        session = await self._newest()
        session.calls += 1
        try:
            yield session.client
        finally:
            session.calls -= 1
            await self._drop_old()

    async def close(self) -> None:
        """Close them all, under calls too."""
        sessions, self._sessions = self._sessions, []
        for session in sessions:
            await session.client.close()

    async def _newest(self) -> _Session:
        now = self._clock()
        if not self._sessions or now - self._sessions[-1].opened > self._seconds:
            self._sessions.append(_Session(now, self._make()))
            await self._drop_old()
        return self._sessions[-1]

    async def _drop_old(self) -> None:
        ended = [session for session in self._sessions[:-1] if not session.calls]
        for session in ended:
            self._sessions.remove(session)
        for session in ended:
            await session.client.close()
