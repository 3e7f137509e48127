"""Orders that were left half-way are finished: by a repeated request, or else by the reconciliation."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from catalogue_stand_in import Shelf
from order_requests import ADA, place, show
from quart import Quart
from quart.typing import TestClientProtocol as Client
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.process import until

from chassis.upstream import Upstream
from order_api.app import create_app
from order_api.domain import Customer, Placement, WantedLine
from order_api.ordering import Ordering
from order_api.orders import Orders
from order_api.outbox import Outbox
from order_api.reconciliation import reconciling
from order_api.settings import Settings
from order_api.states import Status
from order_api.stock import Stock
from order_api.tables import orders as table

PLACEMENT = Placement("key-00001", Customer(**ADA), (WantedLine("lamp", 2),))
ALL, NOW = timedelta(hours=1), timedelta(0)


class Killed(BaseException):
    """What a process sees of SIGKILL: nothing after this line is run."""


def crash(monkeypatch: pytest.MonkeyPatch, kind: type, name: str, *, after: bool, call: int = 1) -> None:
    """Die before or after the given call of a method, once."""
    real, calls = getattr(kind, name), [0]

    async def dying(self: Any, *arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == call and not after:
            raise Killed
        result = await real(self, *arguments, **named)
        if calls[0] == call and after:
            raise Killed
        return result

    monkeypatch.setattr(kind, name, dying)


STEPS = {
    "before it is stored": (Orders, "open", False),
    "after it is stored": (Orders, "open", True),
    "before stock is asked for": (Upstream, "call", False),
    "after stock was taken": (Upstream, "call", True),
    "after stock was confirmed": (Stock, "reserve", True),
    "before it is placed": (Orders, "move", False),
    "after it is placed": (Orders, "move", True),
    "before the answer": (Orders, "get", False),
}


@pytest.mark.parametrize(("kind", "name", "after"), STEPS.values(), ids=STEPS)
async def test_a_crash_between_any_two_steps_makes_one_order_of_a_repeated_request(
    app: Quart,
    client: Client,
    shelf: Shelf,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    kind: type,
    name: str,
    after: bool,
) -> None:
    ordering: Ordering = app.extensions["ordering"]
    with monkeypatch.context() as patch:
        crash(patch, kind, name, after=after)
        with pytest.raises(Killed):
            await ordering.place(PLACEMENT)

    status, order = await place(client, lamp=2)
    assert (status, order["status"]) == (201 if (name, after) == ("open", False) else 200, "placed")
    assert [event["status"] for event in order["history"]] == ["placed"]
    assert shelf.stock == {"lamp": 3, "torch": 2}
    async with engine.connect() as connection:
        assert len((await connection.execute(select(table.c.number))).all()) == 1


@pytest.mark.parametrize(("kind", "name", "after"), list(STEPS.values())[1:6], ids=list(STEPS)[1:6])
async def test_a_crash_that_nobody_repeats_leaves_no_stock_behind(
    app: Quart, shelf: Shelf, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, kind: type, name: str, after: bool
) -> None:
    ordering: Ordering = app.extensions["ordering"]
    with monkeypatch.context() as patch:
        crash(patch, kind, name, after=after)
        with pytest.raises(Killed):
            await ordering.place(PLACEMENT)

    assert await ordering.reconcile(ALL) == 0, "it may still be in the making"
    assert await ordering.reconcile(NOW) == 1
    assert await ordering.reconcile(NOW) == 0
    async with engine.connect() as connection:
        number = await connection.scalar(select(table.c.number))

    async def returned() -> bool:
        return number in shelf.released

    await until(returned)
    assert (shelf.stock, (await Orders(engine).get(str(number))).status) == (
        {"lamp": 5, "torch": 2},
        Status.REJECTED,
    )


async def test_a_late_request_of_a_dead_process_takes_nothing(app: Quart, client: Client, shelf: Shelf) -> None:
    ordering: Ordering = app.extensions["ordering"]
    orders: Orders = app.extensions["orders"]
    number, _ = await orders.open(PLACEMENT)
    await ordering.reconcile(NOW)

    async def released() -> bool:
        return number in shelf.released

    await until(released)
    status, problem = await place(client, lamp=2)
    assert (status, problem["detail"]) == (
        409,
        "The order was not completed in time; place it again with another Idempotency-Key.",
    )
    assert (await show(client, number))[1]["status"] == "rejected"
    assert shelf.stock == {"lamp": 5, "torch": 2}


async def test_giving_up_and_confirming_at_once_have_one_winner(app: Quart, client: Client, shelf: Shelf) -> None:
    ordering: Ordering = app.extensions["ordering"]
    orders: Orders = app.extensions["orders"]
    number, _ = await orders.open(PLACEMENT)
    (status, _), _ = await asyncio.gather(place(client, lamp=2), ordering.reconcile(NOW))
    order = await orders.get(number)

    assert (status, order.status) in {(200, Status.PLACED), (409, Status.REJECTED)}

    async def agreed() -> bool:
        return shelf.stock["lamp"] == (3 if order.status is Status.PLACED else 5)

    await until(agreed)


async def test_pods_that_reconcile_at_once_do_it_once(app: Quart, engine: AsyncEngine, settings: Settings) -> None:
    orders: Orders = app.extensions["orders"]
    for n in range(5):
        await orders.open(Placement(f"key-{n:05}", PLACEMENT.customer, PLACEMENT.lines))
    async with create_app(settings).test_app() as other:
        pods: list[Ordering] = [app.extensions["ordering"], other.app.extensions["ordering"]]  # type: ignore[attr-defined]
        settled = await asyncio.gather(*(pod.reconcile(NOW) for pod in pods))

    assert sum(settled) == 5


async def test_stock_that_the_version_before_forgot_is_returned(app: Quart, shelf: Shelf, engine: AsyncEngine) -> None:
    ordering: Ordering = app.extensions["ordering"]
    number, _ = await app.extensions["orders"].open(PLACEMENT)
    shelf.hold(number, [{"product_id": "lamp", "quantity": 2}])
    async with engine.begin() as connection:  # cancelled, and killed before it returned the stock
        await connection.execute(update(table).values(status=Status.CANCELLED))
    assert await ordering.reconcile(ALL) == 0
    assert await ordering.reconcile(NOW) == 1
    assert await ordering.reconcile(NOW) == 0

    async def returned() -> bool:
        return shelf.stock == {"lamp": 5, "torch": 2}

    await until(returned)


async def test_the_loop_settles_and_survives_a_failure(
    app: Quart, shelf: Shelf, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = await app.extensions["orders"].open(PLACEMENT)
    real, failures = Ordering.reconcile, [ConnectionError("postgresql://user:secret@host")]

    async def unreliable(self: Ordering, older_than: timedelta) -> int:
        if failures:
            raise failures.pop()
        return await real(self, older_than)

    monkeypatch.setattr(Ordering, "reconcile", unreliable)
    async with reconciling(app.extensions["ordering"], Outbox(engine), 0.02, NOW):

        async def settled() -> bool:
            return (await Orders(engine).get(number)).status is Status.REJECTED

        await until(settled)
    assert failures == []
