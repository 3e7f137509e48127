"""The outbox hands every task to one worker at a time, again when that one dies, and never forgets one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.database import create_engine
from order_api.clock import moment
from order_api.courier import FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS, retry_seconds
from order_api.domain import CUSTOMER, SYSTEM, Change, Customer, Placement, WantedLine
from order_api.orders import Orders
from order_api.outbox import KEPT_SECONDS, LEASE_SECONDS, Outbox, enqueue
from order_api.rows import aware
from order_api.states import Status
from order_api.tables import order_events
from order_api.tables import orders as orders_table
from order_api.tables import outbox as table
from order_api.tasks import Kind, Task, tasks_of


@pytest.fixture
def orders(engine: AsyncEngine) -> Orders:
    return Orders(engine)


@pytest.fixture
def outbox(engine: AsyncEngine) -> Outbox:
    return Outbox(engine)


@pytest.fixture
async def other_pod(migrated: str) -> AsyncIterator[Outbox]:
    """The outbox as another process sees it."""
    engine = create_engine(migrated, "other")
    yield Outbox(engine)
    await engine.dispose()


async def placed(orders: Orders, key: str = "key-00001") -> str:
    """The number of a new order, whose customer is to be told."""
    number, _ = await orders.open(Placement(key, Customer("Ada", "ada@example.org"), (WantedLine("lamp", 1),)))
    assert await orders.move(number, Status.PENDING, Change(Status.PLACED, CUSTOMER))
    return number


async def expire(engine: AsyncEngine) -> None:
    """Make everything due that waits, as the passing of time does."""
    async with engine.begin() as connection:
        await connection.execute(update(table).values(due_at=moment()))


async def row(engine: AsyncEngine, task: Task) -> tuple[int, str | None, bool]:
    """Attempts, last error and whether it is done."""
    async with engine.connect() as connection:
        found = (await connection.execute(select(table).where(table.c.key == task.key))).one()
    return found.attempts, found.last_error, found.done_at is not None


@pytest.mark.parametrize(
    ("current", "to", "kinds"),
    [
        (Status.PENDING, Status.PLACED, [Kind.NOTIFICATION]),
        (Status.PENDING, Status.REJECTED, [Kind.RELEASE]),
        (Status.PAID, Status.PACKED, []),
        (Status.PACKED, Status.REFUNDED, [Kind.RELEASE, Kind.NOTIFICATION]),
        (Status.DELIVERED, Status.REFUNDED, [Kind.NOTIFICATION]),
        (Status.PLACED, Status.CANCELLED, [Kind.RELEASE, Kind.NOTIFICATION]),
    ],
)
def test_a_step_brings_its_tasks(current: Status, to: Status, kinds: list[Kind]) -> None:
    assert [task.kind for task in tasks_of("TC-000000-000000", current, to)] == kinds


async def test_a_step_and_its_tasks_are_written_together_or_not_at_all(orders: Orders, engine: AsyncEngine) -> None:
    number = await placed(orders)
    async with engine.begin() as connection:
        await enqueue(connection, [Task(Kind.RELEASE, number, Status.CANCELLED)])

    with pytest.raises(IntegrityError):
        await orders.move(number, Status.PLACED, Change(Status.CANCELLED, SYSTEM))
    order = await orders.get(number)
    assert (order.status, [event.status for event in order.history]) == (
        Status.PLACED,
        [Status.PENDING, Status.PLACED],
    )


async def test_a_claim_is_nobody_elses_until_its_lease_ends(
    orders: Orders, outbox: Outbox, other_pod: Outbox, engine: AsyncEngine
) -> None:
    task = Task(Kind.NOTIFICATION, await placed(orders), Status.PLACED)
    mine = await outbox.claim(10)
    assert [(claim.task, claim.attempt) for claim in mine] == [(task, 1)]
    assert await other_pod.claim(10) == []
    async with engine.connect() as connection:
        left = (await connection.execute(select(table.c.due_at, moment().label("now")))).one()
    assert timedelta(0) < aware(left.due_at) - aware(left.now) <= timedelta(seconds=LEASE_SECONDS)

    await expire(engine)
    assert [(claim.task, claim.attempt) for claim in await other_pod.claim(10)] == [(task, 2)]


async def test_workers_at_once_never_share_a_task(orders: Orders, outbox: Outbox, other_pod: Outbox) -> None:
    numbers = {await placed(orders, f"key-{n:05}") for n in range(30)}
    batches = await asyncio.gather(*(pod.claim(4) for _ in range(6) for pod in (outbox, other_pod)))

    claimed = [claim.task.number for batch in batches for claim in batch]
    while batch := await outbox.claim(4):  # a worker that met only locked rows went away empty-handed
        claimed += [claim.task.number for claim in batch]
    assert sorted(claimed) == sorted(numbers)


async def test_done_is_done_for_everybody(orders: Orders, outbox: Outbox, engine: AsyncEngine) -> None:
    number = await placed(orders)
    (first,) = await outbox.claim(10)
    await expire(engine)
    (second,) = await outbox.claim(10)
    await outbox.done(first)  # late, but it was done
    await outbox.failed(second, "too late to say so", 0.0)
    await expire(engine)

    assert await outbox.claim(10) == []
    assert await row(engine, Task(Kind.NOTIFICATION, number, Status.PLACED)) == (2, None, True)


async def test_a_failure_waits_and_says_why(orders: Orders, outbox: Outbox, engine: AsyncEngine) -> None:
    task = Task(Kind.NOTIFICATION, await placed(orders), Status.PLACED)
    (claim,) = await outbox.claim(10)
    await outbox.failed(claim, "no connection " * 100, 60.0)
    assert await outbox.claim(10) == []

    await expire(engine)
    (again,) = await outbox.claim(10)
    attempts, reason, done = await row(engine, task)
    assert (again.attempt, attempts, (reason or "")[:13], len(reason or ""), done) == (
        2,
        2,
        "no connection",
        200,
        False,
    )


async def test_a_late_failure_does_not_disturb_who_claimed_after(
    orders: Orders, outbox: Outbox, other_pod: Outbox, engine: AsyncEngine
) -> None:
    await placed(orders)
    (slow,) = await outbox.claim(10)
    await expire(engine)
    await other_pod.claim(10)
    await outbox.failed(slow, "slow", 0.0)

    assert await outbox.claim(10) == []


async def test_a_release_notes_that_the_order_holds_nothing(
    orders: Orders, outbox: Outbox, engine: AsyncEngine
) -> None:
    number = await placed(orders)
    await orders.move(number, Status.PLACED, Change(Status.CANCELLED, SYSTEM))
    held = select(orders_table.c.holds_stock).where(orders_table.c.number == number)
    seen = []
    for claim in sorted(await outbox.claim(10), key=lambda claim: claim.task.kind):
        await outbox.done(claim)
        async with engine.connect() as connection:
            seen.append((claim.task.kind, await connection.scalar(held)))

    assert seen == [(Kind.NOTIFICATION, True), (Kind.NOTIFICATION, True), (Kind.RELEASE, False)]


async def test_the_backlog_is_counted_and_old_work_is_forgotten(
    orders: Orders, outbox: Outbox, engine: AsyncEngine
) -> None:
    for n in range(3):
        await placed(orders, f"key-{n:05}")
    async with engine.begin() as connection:
        await connection.execute(update(table).values(created_at=moment(-100.0)))
    backlog = await outbox.backlog()
    assert (backlog[Kind.NOTIFICATION].depth, backlog[Kind.RELEASE].depth) == (3, 0)
    assert 99 < backlog[Kind.NOTIFICATION].oldest_seconds < 160

    for claim in await outbox.claim(2):
        await outbox.done(claim)
    assert ((await outbox.backlog())[Kind.NOTIFICATION].depth, await outbox.purge()) == (1, 0)
    async with engine.begin() as connection:
        done = table.c.done_at.is_not(None)
        await connection.execute(update(table).where(done).values(done_at=moment(-KEPT_SECONDS - 1)))
    assert (await outbox.purge(), await outbox.purge()) == (2, 0)
    assert (await outbox.backlog())[Kind.NOTIFICATION].depth == 1


def test_retries_wait_twice_as_long_each_time_but_never_all_alike() -> None:
    for attempt in (1, 2, 5, 9, 50, 5000):
        longest = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(attempt - 1, 1000))
        waits = [retry_seconds(attempt) for _ in range(50)]
        assert longest / 2 <= min(waits) < max(waits) <= longest


async def test_the_history_never_goes_backwards_whatever_clocks_do(orders: Orders, engine: AsyncEngine) -> None:
    number = await placed(orders)
    async with engine.begin() as connection:
        await connection.execute(update(order_events).values(at=moment(3600.0)))  # a clock an hour ahead
    await orders.move(number, Status.PLACED, Change(Status.PAID, SYSTEM))
    await orders.move(number, Status.PAID, Change(Status.PACKED, SYSTEM))

    times = [event.at for event in (await orders.get(number)).history]
    assert times == sorted(times)


def test_keys_tell_tasks_apart() -> None:
    number = "TC-000000-000000"
    assert Task(Kind.RELEASE, number, Status.CANCELLED).key == f"{number}:release"
    assert Task(Kind.NOTIFICATION, number, Status.PAID).key == f"{number}:paid"
