"""Connections are reused, but not for ever, and no call is cut off; against a real server."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from quart import Quart, request
from testing.server import running

from chassis.connections import Connections


class Clock:
    """Time that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Door:
    """A server that notes by which connection each request came."""

    def __init__(self) -> None:
        self.came_by: list[object] = []
        self.held, self.release = asyncio.Event(), asyncio.Event()
        self.app = Quart(__name__, static_folder=None)
        self.app.add_url_rule("/", "at_once", self.at_once)
        self.app.add_url_rule("/hold", "hold", self.hold)

    async def at_once(self) -> str:
        self.came_by.append(request.scope["client"])
        return "done"

    async def hold(self) -> str:
        self.held.set()
        await self.release.wait()
        return await self.at_once()


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    door = Door()
    async with running(door.app) as base:
        yield door, base


async def ask(connections: Connections, url: str) -> str:
    async with connections.client() as client, client.get(url) as answer:
        return await answer.text()


def noting(made: list[aiohttp.ClientSession], clock: Clock) -> Connections:
    """Connections of five seconds, whose sessions can be looked at."""

    def make() -> aiohttp.ClientSession:
        made.append(aiohttp.ClientSession())
        return made[-1]

    return Connections(make, seconds=5, clock=clock)


async def test_connections_are_replaced_after_a_while(door: tuple[Door, str]) -> None:
    """A busy one, too: nothing else would ever end it."""
    served, base = door
    clock = Clock()
    connections = Connections(aiohttp.ClientSession, seconds=5, clock=clock)
    for clock.now in (0.0, 2.0, 4.0, 6.0, 8.0):
        assert await ask(connections, f"{base}/") == "done"
    await connections.close()

    first, second, third, fourth, fifth = served.came_by
    assert first == second == third
    assert third != fourth == fifth


async def test_a_call_under_way_ends_on_the_connection_it_has(door: tuple[Door, str]) -> None:
    """The old ones are closed with their last call."""
    served, base = door
    clock, made = Clock(), list[aiohttp.ClientSession]()
    connections = noting(made, clock)
    slow = asyncio.create_task(ask(connections, f"{base}/hold"))
    await served.held.wait()
    clock.now = 6.0
    assert await ask(connections, f"{base}/") == "done"
    assert [session.closed for session in made] == [False, False]
    served.release.set()

    assert await slow == "done"
    assert [session.closed for session in made] == [True, False]
    await connections.close()
    assert [session.closed for session in made] == [True, True]


async def test_a_failed_call_frees_its_connections(door: tuple[Door, str]) -> None:
    """Otherwise they would be kept until the application ends."""
    _, base = door
    clock, made = Clock(), list[aiohttp.ClientSession]()
    connections = noting(made, clock)
    with pytest.raises(aiohttp.InvalidURL):
        await ask(connections, "no address")
    clock.now = 6.0
    await ask(connections, f"{base}/")

    assert [session.closed for session in made] == [True, False]
    await connections.close()
