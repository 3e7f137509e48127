"""No order, no stock and no notification is lost or doubled while pods are killed at random moments.

ORDERS=10000 in the environment makes it the full test; a run of the suite places fewer.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from order_requests import ADA
from pods import Shop, open_shop
from quart import Quart, request
from sqlalchemy import URL, func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.postgresql import fresh_database
from testing.process import until
from testing.server import running

from chassis.database import create_engine
from order_api.orders import Orders
from order_api.states import TRANSITIONS, Status
from order_api.tables import IS_WAITING, orders, outbox

ORDERS = int(os.environ.get("ORDERS", "100"))
CLIENTS = 12
PAUSE = (0.1, 0.8) if ORDERS < 1000 else (0.5, 10.0)  # seconds between two kills
PRODUCTS = {f"thing-{n}": 10 * ORDERS for n in range(8)} | {f"rare-{n}": ORDERS // 10 for n in range(2)}
HOLDING = (Status.PLACED, Status.PAID, Status.PACKED, Status.SHIPPED, Status.DELIVERED)


@dataclass
class Letterbox:
    """Takes notifications and drops repeats by their key; now and then its answer is lost."""

    got: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    def app(self) -> Quart:
        app = Quart(__name__, static_folder=None)

        @app.post("/letters")
        async def take() -> tuple[str, int]:
            key = request.headers["Idempotency-Key"]
            assert (await request.get_json())["key"] == key
            self.got[key] += 1
            return "", 500 if self.chance.random() < 0.05 else 202

        return app


@dataclass
class Ledger:
    """What the clients were told."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    kills: int = 0


@pytest.fixture
def urls(postgresql_server: URL) -> Iterator[tuple[str, str]]:
    """Two empty databases."""
    with fresh_database(postgresql_server) as products, fresh_database(postgresql_server) as orders:
        yield products, orders


@pytest.fixture
async def engine(urls: tuple[str, str]) -> AsyncIterator[AsyncEngine]:
    """An engine of the orders' database."""
    engine = create_engine(urls[1], "test")
    yield engine
    await engine.dispose()


async def buy(shop: Shop, ledger: Ledger, number: int) -> None:
    """Place one order as a client does: again after trouble, sometimes twice at once, sometimes giving up."""
    chance = random.Random(number)
    wanted = chance.sample(sorted(PRODUCTS), chance.randint(1, 3))
    lines = [{"product_id": product, "quantity": chance.randint(1, 3)} for product in wanted]
    key = f"key-{number:08}"
    order = {"json": {"customer": ADA, "lines": lines}, "headers": {"Idempotency-Key": key}}
    tries = 1 if number % 20 == 0 else 100
    asked = [shop.ask("POST", "/api/orders", tries=tries, **order) for _ in range(2 if number % 10 == 1 else 1)]
    for status, answer in await asyncio.gather(*asked):
        if status in (200, 201):
            assert ledger.acknowledged.setdefault(key, answer["number"]) == answer["number"]
        elif status == 409:
            ledger.refused.add(key)
        else:
            assert (status, tries) == (0, 1), answer
            ledger.given_up.add(key)
    if number % 10 == 2 and key in ledger.acknowledged:
        status, answer = await shop.ask("POST", f"/api/orders/{ledger.acknowledged[key]}/cancel")
        assert (status, answer["status"]) == (200, "cancelled")
        ledger.cancelled.add(key)


async def buy_all(shop: Shop, ledger: Ledger) -> None:
    """Place ORDERS orders by CLIENTS clients."""
    numbers = iter(range(ORDERS))

    async def client() -> None:
        for number in numbers:
            await buy(shop, ledger, number)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


async def kill_at_random(shop: Shop, ledger: Ledger) -> None:
    """Kill one pod, or both, again and again until cancelled."""
    chance = random.Random(3)
    while True:
        await asyncio.sleep(chance.uniform(*PAUSE))
        victims = chance.sample(shop.pods, 2 if chance.random() < 0.2 else 1)
        # shielded, so that the end of the test finds every pod running
        await asyncio.shield(asyncio.gather(*(_replace(pod) for pod in victims)))
        ledger.kills += len(victims)


async def _replace(pod: Any) -> None:
    await pod.end()
    await pod.start()


async def settled(engine: AsyncEngine) -> bool:
    """Whether nothing is half-done any more."""
    pending = select(func.count()).select_from(orders).where(orders.c.status == Status.PENDING)
    waiting = select(func.count()).select_from(outbox).where(IS_WAITING)
    async with engine.connect() as connection:
        return not (await connection.scalar(pending) or await connection.scalar(waiting))


async def test_nothing_is_lost_or_doubled_while_pods_are_killed(
    urls: tuple[str, str], engine: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letterbox, ledger = Letterbox(), Ledger()
    patience = {"abandoned_seconds": "20", "reconcile_seconds": "2"}
    async with (
        running(letterbox.app()) as letters,
        open_shop(tmp_path, *urls, notification_url=f"{letters}/letters", **patience) as shop,
    ):
        for product, at_first in PRODUCTS.items():
            await shop.stock(product, at_first)
        killer = asyncio.create_task(kill_at_random(shop, ledger))
        await buy_all(shop, ledger)
        killer.cancel()
        await asyncio.gather(killer, return_exceptions=True)
        for pod in shop.pods:
            await _replace(pod)
        await until(lambda: settled(engine), 120)
        left = {product: await shop.left(product) for product in PRODUCTS}
        logs = "".join(pod.log.read_text() for pod in shop.pods)

    found = await everything(engine)
    with capsys.disabled():
        report(ledger, found, letterbox, shop)
    check_orders(ledger, found)
    check_stock(found, left)
    expected = {f"{order.number}:{event.status}" for order in found.values() for event in order.history}
    assert set(letterbox.got) == {key for key in expected if key.split(":")[1] in ("placed", "cancelled")}
    assert ledger.kills > 0
    assert all(word not in logs for word in (ADA["name"], ADA["email"], "Square"))


async def everything(engine: AsyncEngine) -> dict[str, Any]:
    """Every order by its key."""
    async with engine.connect() as connection:
        rows = (await connection.execute(select(orders.c.idempotency_key, orders.c.number))).all()
    assert len({row.idempotency_key for row in rows}) == len(rows)
    return {row.idempotency_key: await Orders(engine).get(row.number) for row in rows}


def check_orders(ledger: Ledger, found: dict[str, Any]) -> None:
    """Every order that was acknowledged is there, under its number, in a state it can be in."""
    assert {key: found[key].number for key in ledger.acknowledged} == ledger.acknowledged
    for key, order in found.items():
        steps = [event.status for event in order.history]
        assert steps[0] is Status.PENDING
        legal = {**TRANSITIONS, Status.PENDING: (Status.PLACED, Status.REJECTED)}
        assert all(after in legal[before] for before, after in pairwise(steps)), steps
        assert [event.at for event in order.history] == sorted(event.at for event in order.history)
        if key in ledger.refused:
            assert order.status is Status.REJECTED
        elif key in ledger.cancelled:
            assert order.status is Status.CANCELLED
        elif key in ledger.acknowledged:
            assert order.status is Status.PLACED
    assert len(ledger.acknowledged) + len(ledger.refused) + len(ledger.given_up) == ORDERS


def check_stock(found: dict[str, Any], left: dict[str, int]) -> None:
    """What is left is what there was less what orders hold."""
    held: Counter[str] = Counter()
    for order in found.values():
        if order.status in HOLDING:
            held.update({line.product_id: line.quantity for line in order.lines})
    assert left == {product: at_first - held[product] for product, at_first in PRODUCTS.items()}


def report(ledger: Ledger, found: dict[str, Any], letterbox: Letterbox, shop: Shop) -> None:
    """Say what happened."""
    states = Counter(order.status.value for order in found.values())
    repeats = sum(letterbox.got.values()) - len(letterbox.got)
    print(
        f"\n{ORDERS} orders asked for, {ledger.kills} pods killed, {shop.troubles} requests repeated;"
        f" {len(ledger.acknowledged)} acknowledged ({len(ledger.cancelled)} cancelled), {len(ledger.refused)} refused,"
        f" {len(ledger.given_up)} given up; in the database {dict(states)};"
        f" {len(letterbox.got)} notifications, {repeats} repeats dropped"
    )
