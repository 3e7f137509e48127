"""Tasks in the database, written by the transaction that makes them necessary and claimed by one worker at a time.

A claim is a lease: it is committed before anything is sent, and when its process dies the task is due again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from order_api.clock import moment
from order_api.states import Status
from order_api.tables import IS_WAITING, orders, outbox
from order_api.tasks import Kind, Task

LEASE_SECONDS = 15.0  # longer than any attempt takes
KEPT_SECONDS = 30 * 24 * 3600.0  # how long it can be seen that and when something was done
PURGED_AT_ONCE = 1000
KNOWN = tuple(Kind)  # the next version may note others, for itself to do


@dataclass(frozen=True)
class Claim:
    """A task and the number of this attempt, from 1."""

    id: int
    task: Task
    attempt: int


@dataclass(frozen=True)
class Backlog:
    """Tasks of a kind that wait, and how long the oldest does."""

    depth: int
    oldest_seconds: float


async def enqueue(connection: AsyncConnection, tasks: Iterable[Task]) -> None:
    """Note tasks in the caller's transaction; IntegrityError when one is there already."""
    for task in tasks:
        row = {"key": task.key, "kind": task.kind, "number": task.number, "status": task.status}
        await connection.execute(insert(outbox).values(**row, created_at=moment(), due_at=moment()))


def due_tasks(limit: int) -> Select[Any]:
    """The statement that locks due tasks which nobody else is claiming.

    SQLite has one writer and ignores the locks: there the transaction itself is exclusive.
    """
    due = select(outbox).where(IS_WAITING, outbox.c.due_at <= moment(), outbox.c.kind.in_(KNOWN))
    return due.order_by(outbox.c.due_at, outbox.c.id).limit(limit).with_for_update(skip_locked=True)


def done_tasks(before_seconds: float, limit: int) -> Select[Any]:
    """The statement that finds what was done so long ago."""
    return select(outbox.c.id).where(outbox.c.done_at < moment(-before_seconds)).limit(limit)


class Outbox:
    """Hands out tasks; every method is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, limit: int) -> list[Claim]:
        """Up to `limit` due tasks that are nobody else's for LEASE_SECONDS."""
        async with self._engine.begin() as connection:
            rows = (await connection.execute(due_tasks(limit))).all()
            if rows:
                mine = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
                values = {"attempts": outbox.c.attempts + 1, "due_at": moment(LEASE_SECONDS)}
                await connection.execute(mine.values(**values))
        return [Claim(row.id, Task(Kind(row.kind), row.number, Status(row.status)), row.attempts + 1) for row in rows]

    async def done(self, claim: Claim) -> None:
        """Note that the task is done, also when the claim has run out meanwhile."""
        async with self._engine.begin() as connection:
            done = update(outbox).where(outbox.c.id == claim.id, IS_WAITING).values(done_at=moment())
            await connection.execute(done)
            if claim.task.kind is Kind.RELEASE:
                of_order = orders.c.number == claim.task.number
                await connection.execute(update(orders).where(of_order).values(holds_stock=False))

    async def failed(self, claim: Claim, reason: str, retry_seconds: float) -> None:
        """Make the task due again later, unless somebody else has claimed or done it meanwhile."""
        mine: list[ColumnElement[bool]] = [outbox.c.id == claim.id, IS_WAITING, outbox.c.attempts == claim.attempt]
        statement = update(outbox).where(*mine).values(due_at=moment(retry_seconds), last_error=reason[:200])
        async with self._engine.begin() as connection:
            await connection.execute(statement)

    async def backlog(self) -> dict[Kind, Backlog]:
        """What waits, by kind."""
        age = moment().label("now"), func.min(outbox.c.created_at).label("oldest")
        statement = select(outbox.c.kind, func.count().label("depth"), *age).where(IS_WAITING)
        async with self._engine.connect() as connection:
            rows = {row.kind: row for row in await connection.execute(statement.group_by(outbox.c.kind))}
        return {
            kind: Backlog(rows[kind].depth, (rows[kind].now - rows[kind].oldest).total_seconds())
            if kind in rows
            else Backlog(0, 0.0)
            for kind in Kind
        }

    async def purge(self) -> int:
        """Delete some of what was done long ago; return how many."""
        old = done_tasks(KEPT_SECONDS, PURGED_AT_ONCE)
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(outbox).where(outbox.c.id.in_(old)))).rowcount
