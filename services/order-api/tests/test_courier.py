"""Notifications and releases leave the outbox at least once, and receivers can tell repeats."""

import asyncio
import dataclasses
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from catalogue_stand_in import Shelf, answering
from order_requests import ADA, cancel, move, place
from prometheus_client import CollectorRegistry
from quart import Quart, Response, request
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.process import until
from testing.server import free_port, running

from chassis.tokens import Verifier, development_callers
from order_api.app import create_app
from order_api.clock import moment
from order_api.courier import BATCH, Courier, carrying
from order_api.domain import CUSTOMER, Change, Customer, Placement, WantedLine
from order_api.errors import UndeliveredError
from order_api.meters import Meters
from order_api.orders import Orders
from order_api.outbox import Outbox
from order_api.settings import Settings
from order_api.states import Status
from order_api.tables import IS_WAITING, outbox
from order_api.tasks import Kind, Task


@dataclasses.dataclass
class Letters:
    """What came in, and statuses to answer before 202."""

    got: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    callers: set[str] = dataclasses.field(default_factory=set)
    statuses: list[int] = dataclasses.field(default_factory=list)

    def app(self) -> Quart:
        app = Quart(__name__, static_folder=None)
        verifier = Verifier("notifications", development_callers("order-api"))

        @app.post("/v1/letters")
        async def take() -> Response:
            self.callers.add(verifier.caller(request.headers["Authorization"]).service)
            self.got.append({**await request.get_json(), "header": request.headers["Idempotency-Key"]})
            return Response(status=self.statuses.pop(0) if self.statuses else 202)

        return app


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
async def settings(migrated: str, catalogue_url: str, letters: Letters) -> AsyncIterator[Settings]:
    """Settings with an endpoint for notifications."""
    async with running(letters.app()) as url:
        yield Settings(
            environment="development",
            database_url=migrated,
            product_api_url=catalogue_url,
            notification_url=f"{url}/v1/letters",
        )


async def due_now(engine: AsyncEngine) -> None:
    """Make everything due that waits, as the passing of time does."""
    async with engine.begin() as connection:
        await connection.execute(update(outbox).where(IS_WAITING).values(due_at=moment()))


async def nothing_waits(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        return (await connection.execute(select(outbox.c.id).where(IS_WAITING))).first() is None


async def test_a_customer_hears_of_every_step_that_matters(app: Quart, letters: Letters, engine: AsyncEngine) -> None:
    client = app.test_client()
    _, order = await place(client, lamp=2)
    for to in ("paid", "packed", "shipped", "delivered"):
        _, order = await move(client, order["number"], to)
    await until(lambda: nothing_waits(engine))

    events = [f"order.{status}" for status in ("delivered", "paid", "placed", "shipped")]
    assert sorted(letter["event"] for letter in letters.got) == events
    assert letters.callers == {"order-api"}
    (first,) = (letter for letter in letters.got if letter["event"] == "order.placed")
    assert first == {
        "key": f"{order['number']}:placed",
        "header": f"{order['number']}:placed",
        "event": "order.placed",
        "at": order["history"][0]["at"],
        "customer": {"name": ADA["name"], "email": ADA["email"]},
        "order": {name: order[name] for name in ("number", "lines", "total_cents", "currency")},
    }


async def test_a_notification_that_was_not_taken_is_sent_again_under_its_key(
    app: Quart, letters: Letters, engine: AsyncEngine
) -> None:
    letters.statuses += [500, 404]
    _, order = await place(app.test_client(), lamp=1)
    for attempts in (1, 2):

        async def failed(attempts: int = attempts) -> bool:
            async with engine.connect() as connection:
                row = (await connection.execute(select(outbox))).one()
            return bool(row.attempts == attempts and row.last_error)

        await until(failed)
        await due_now(engine)
    await until(lambda: nothing_waits(engine))

    assert [letter["header"] for letter in letters.got] == [f"{order['number']}:placed"] * 3
    async with engine.connect() as connection:
        row = (await connection.execute(select(outbox))).one()
    assert (row.attempts, row.last_error) == (3, "the endpoint answered 404")


async def test_a_release_is_repeated_until_it_is_certain(app: Quart, shelf: Shelf, engine: AsyncEngine) -> None:
    client = app.test_client()
    _, order = await place(client, lamp=3)
    shelf.instead.append(answering(500))
    shelf.lost.append(answering(503))  # done, but nobody hears of it
    await cancel(client, order["number"])
    release = f"DELETE /api/reservations/{order['number']}"

    async def settled() -> bool:
        await due_now(engine)
        return shelf.calls.count(release) >= 3 and await nothing_waits(engine)

    await until(settled)
    assert shelf.stock == {"lamp": 5, "torch": 2}


async def test_without_an_endpoint_the_log_is_the_channel(
    json_logs: io.StringIO, migrated: str, catalogue_url: str, engine: AsyncEngine
) -> None:
    settings = Settings(environment="development", database_url=migrated, product_api_url=catalogue_url)
    async with create_app(settings).test_app() as started:
        _, order = await place(started.test_client(), lamp=1)
        await until(lambda: nothing_waits(engine))

    said = [json.loads(line) for line in json_logs.getvalue().splitlines()]
    (line,) = (record for record in said if record["event"] == "notification")
    assert (line["order"], line["status"], line["key"]) == (order["number"], "placed", f"{order['number']}:placed")
    assert all(word not in str(said) for word in (ADA["name"], ADA["email"]))


class Carried:
    """A channel that fails when told to, and says what it was given."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.errors: list[Exception] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def __call__(self, task: Task) -> None:
        self.tasks.append(task)
        await self.hold.wait()
        if self.errors:
            raise self.errors.pop()


@pytest.fixture
def channel() -> Carried:
    return Carried()


@pytest.fixture
def courier(engine: AsyncEngine, channel: Carried) -> Courier:
    channels = {Kind.RELEASE: channel, Kind.NOTIFICATION: channel}
    return Courier(Outbox(engine), channels, Meters(CollectorRegistry()))


async def placed(engine: AsyncEngine, key: str = "key-00001") -> str:
    orders = Orders(engine)
    number, _ = await orders.open(Placement(key, Customer("Ada", "ada@example.org"), (WantedLine("lamp", 1),)))
    await orders.move(number, Status.PENDING, Change(Status.PLACED, CUSTOMER))
    return number


@pytest.mark.parametrize(
    ("error", "reason"),
    [(UndeliveredError("no connection"), "no connection"), (KeyError("ada@example.org"), "KeyError")],
)
async def test_errors_are_kept_without_what_they_might_repeat(
    courier: Courier, channel: Carried, engine: AsyncEngine, error: Exception, reason: str
) -> None:
    await placed(engine)
    channel.errors.append(error)
    assert (await courier.deliver_due(), await courier.deliver_due()) == (1, 0)

    async with engine.connect() as connection:
        assert await connection.scalar(select(outbox.c.last_error)) == reason


async def test_one_bad_task_does_not_hold_up_others(courier: Courier, channel: Carried, engine: AsyncEngine) -> None:
    for n in range(BATCH + 2):
        await placed(engine, f"key-{n:05}")
    channel.errors.append(UndeliveredError("no"))
    async with carrying(courier):
        await until(lambda: _enough(channel, BATCH + 2))

    async with engine.connect() as connection:
        waiting = (await connection.execute(select(outbox.c.attempts).where(IS_WAITING))).all()
    assert [row.attempts for row in waiting] == [1]


async def _enough(channel: Carried, count: int) -> bool:
    return len(channel.tasks) >= count


async def test_the_end_waits_for_tasks_at_hand(courier: Courier, channel: Carried, engine: AsyncEngine) -> None:
    await placed(engine)
    channel.hold.clear()
    async with carrying(courier):
        await until(lambda: _enough(channel, 1))
        asyncio.get_running_loop().call_later(0.1, channel.hold.set)

    assert await nothing_waits(engine)


async def test_a_worker_that_dies_between_doing_and_noting_leaves_it_to_the_next(
    courier: Courier, channel: Carried, engine: AsyncEngine
) -> None:
    number = await placed(engine)
    channel.hold.clear()
    dying = asyncio.create_task(courier.deliver_due())
    await until(lambda: _enough(channel, 1))
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    channel.hold.set()
    assert await courier.deliver_due() == 0, "its claim has not ended"
    await due_now(engine)
    assert await courier.deliver_due() == 1

    assert channel.tasks == [Task(Kind.NOTIFICATION, number, Status.PLACED)] * 2
    assert await nothing_waits(engine)


async def test_a_database_that_is_away_is_asked_again(
    courier: Courier, channel: Carried, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, broken = Outbox.claim, [True]

    async def unreliable(self: Outbox, limit: int) -> Any:
        if broken:
            broken.pop()
            raise ConnectionError("postgresql://user:secret@host")
        return await claim(self, limit)

    monkeypatch.setattr(Outbox, "claim", unreliable)
    await placed(engine)
    async with carrying(courier):
        await until(lambda: _enough(channel, 1))

    assert broken == []


async def test_an_endpoint_that_is_not_there_is_asked_again_later(
    migrated: str, catalogue_url: str, engine: AsyncEngine
) -> None:
    settings = Settings(
        environment="development",
        database_url=migrated,
        product_api_url=catalogue_url,
        notification_url=f"http://127.0.0.1:{free_port()}",
    )
    async with create_app(settings).test_app() as started:
        assert (await place(started.test_client(), lamp=1))[0] == 201

        async def failed() -> bool:
            async with engine.connect() as connection:
                return await connection.scalar(select(outbox.c.last_error)) is not None

        await until(failed)
    async with engine.connect() as connection:
        row = (await connection.execute(select(outbox))).one()
    assert (row.attempts, row.done_at) == (1, None)
    assert row.last_error.startswith("no connection")
