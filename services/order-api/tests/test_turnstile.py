"""A rush waits at the door for a while, and is then sent away with nothing done."""

import asyncio

import pytest
from catalogue_stand_in import Shelf
from order_requests import body_of, place
from quart import Quart
from quart.typing import TestClientProtocol as Client
from testing.process import until

from order_api.errors import BusyError
from order_api.ordering import PLACED_AT_ONCE, Ordering
from order_api.turnstile import Turnstile


async def test_places_are_given_in_order_and_never_more() -> None:
    turnstile, inside, most, order = Turnstile(2, 10.0), 0, 0, []

    async def work(number: int) -> None:
        nonlocal inside, most
        async with turnstile.passed():
            order.append(number)
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work(number) for number in range(20)))
    assert (most, order) == (2, list(range(20)))


async def test_who_waits_too_long_is_sent_away_and_leaves_no_gap() -> None:
    turnstile, leave = Turnstile(1, 0.02), asyncio.Event()

    async def stay() -> None:
        async with turnstile.passed():
            await leave.wait()

    first = asyncio.create_task(stay())
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        async with turnstile.passed():
            raise AssertionError("nobody left")
    leave.set()
    await first
    async with turnstile.passed():
        pass


async def test_a_failure_inside_frees_the_place() -> None:
    turnstile = Turnstile(1, 0.02)
    for _ in range(2):
        with pytest.raises(KeyError):
            async with turnstile.passed():
                raise KeyError


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_too_many_orders_at_once_are_told_to_come_again(
    app: Quart, client: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering: Ordering = app.extensions["ordering"]
    turnstile = Turnstile(PLACED_AT_ONCE, 0.02)
    monkeypatch.setattr(ordering, "_turnstile", turnstile)
    leave, inside = asyncio.Event(), []

    async def stay() -> None:
        async with turnstile.passed():
            inside.append(1)
            await leave.wait()

    crowd = [asyncio.create_task(stay()) for _ in range(PLACED_AT_ONCE)]

    async def full() -> bool:
        return len(inside) == PLACED_AT_ONCE

    await until(full)
    answer = await client.post("/api/orders", json=body_of({"lamp": 1}), headers={"Idempotency-Key": "key-00001"})
    assert (answer.status_code, answer.headers["Retry-After"], shelf.calls) == (503, "2", [])
    leave.set()
    await asyncio.gather(*crowd)
    assert (await place(client, lamp=1))[0] == 201
