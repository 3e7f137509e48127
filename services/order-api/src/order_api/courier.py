"""The worker that does the tasks of the outbox.

At least once: a process that dies after a task and before its note leaves it to be done again, and receivers
drop the repeat (product-api by the order's number, the notifications' endpoint by their key).
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping

import structlog

from order_api.errors import OrderError
from order_api.meters import Meters
from order_api.notifications import Channel
from order_api.outbox import Claim, Outbox
from order_api.tasks import Kind

BATCH = 8  # at once: customers wait for the same product-api
POLL_SECONDS = 1.0  # how soon a task of another pod, or one that failed, is seen
MEASURE_SECONDS = 15.0
LAST_TASKS_SECONDS = 10.0  # what tasks at hand may take when the process ends; they are done again if not
FIRST_RETRY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 300.0
log = structlog.stdlib.get_logger(__name__)


class Courier:
    """Claims due tasks and gives each to the channel of its kind, until told to stop."""

    def __init__(self, outbox: Outbox, channels: Mapping[Kind, Channel], meters: Meters) -> None:
        self._outbox = outbox
        self._channels = channels
        self._meters = meters
        self._called = asyncio.Event()
        self._stopped = False
        self._measure_at = 0.0

    def call(self) -> None:
        """Look now: there may be something to do."""
        self._called.set()

    def stop(self) -> None:
        """End `run` after the tasks at hand."""
        self._stopped = True
        self.call()

    async def run(self) -> None:
        """Do tasks as they become due; a database that is away is asked again."""
        while not self._stopped:
            self._called.clear()
            try:
                await self._measure()
                full = await self.deliver_due() == BATCH
            except Exception as error:
                # the class only: messages of database drivers can hold what was to be written
                log.warning("outbox not readable", error=type(error).__name__)
                full = False
            if not full:
                await self._rest()

    async def deliver_due(self) -> int:
        """Try some due tasks at once; return how many."""
        claims = await self._outbox.claim(BATCH)
        outcomes = await asyncio.gather(*(self._deliver(claim) for claim in claims), return_exceptions=True)
        for outcome in outcomes:  # all have ended; what could not be noted becomes due again by itself
            if isinstance(outcome, BaseException):
                raise outcome
        return len(claims)

    async def _deliver(self, claim: Claim) -> None:
        task = claim.task
        try:
            await self._channels[task.kind](task)
        except Exception as error:
            reason = str(error) if isinstance(error, OrderError) else type(error).__name__
            retry = retry_seconds(claim.attempt)
            fields = {"kind": task.kind.value, "key": task.key, "attempt": claim.attempt, "retry_seconds": retry}
            log.warning("task failed", reason=reason, **fields)
            await self._outbox.failed(claim, reason, retry)
            self._meters.attempted(task.kind, done=False)
        else:
            await self._outbox.done(claim)
            self._meters.attempted(task.kind, done=True)

    async def _measure(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._measure_at:
            self._measure_at = now + MEASURE_SECONDS
            self._meters.waiting(await self._outbox.backlog())

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS * random.uniform(0.5, 1.5)):  # noqa: S311 - only spreads the pods
                await self._called.wait()
        except TimeoutError:
            return


@contextlib.asynccontextmanager
async def carrying(courier: Courier) -> AsyncIterator[None]:
    """Run `courier` during the context; its tasks at hand get some time to end."""
    worker = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        courier.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(worker, LAST_TASKS_SECONDS)


def retry_seconds(attempt: int) -> float:
    """How long to wait after this many attempts: twice as long each time, up to a limit, and never all at once."""
    longest = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(attempt - 1, 30))
    return round(longest * random.uniform(0.5, 1.0), 3)  # noqa: S311 - only spreads the attempts
