"""The loop that settles orders left half-way and forgets what was done long ago."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog

from order_api.ordering import Ordering
from order_api.outbox import Outbox

log = structlog.stdlib.get_logger(__name__)


@contextlib.asynccontextmanager
async def reconciling(ordering: Ordering, outbox: Outbox, every: float, older_than: timedelta) -> AsyncIterator[None]:
    """Settle about `every` seconds during the context; several pods may do so at once."""
    loop = asyncio.create_task(_forever(ordering, outbox, every, older_than))
    try:
        yield
    finally:
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop


async def _forever(ordering: Ordering, outbox: Outbox, every: float, older_than: timedelta) -> None:
    while True:
        await asyncio.sleep(every * random.uniform(0.5, 1.5))  # noqa: S311 - only spreads the pods
        try:
            settled = await ordering.reconcile(older_than)
            purged = await outbox.purge()
        except Exception as error:
            # the class only: messages of database drivers can hold what was to be written
            log.warning("reconciliation failed", error=type(error).__name__)
        else:
            if settled or purged:
                log.info("reconciled", orders=settled, purged_tasks=purged)
