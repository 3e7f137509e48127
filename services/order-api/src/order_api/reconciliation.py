"""The loop that settles orders left half-way."""

import asyncio
import random

import structlog

from order_api.ordering import Ordering

EVERY_SECONDS = 60.0
log = structlog.stdlib.get_logger(__name__)


async def reconcile_forever(ordering: Ordering) -> None:
    """Settle again and again until cancelled; several pods may do so at once."""
    while True:
        await asyncio.sleep(EVERY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - only spreads the pods
        try:
            settled = await ordering.reconcile()
        except Exception as error:
            log.warning("reconciliation failed", error=type(error).__name__)
        else:
            if settled:
                log.info("reconciled", orders=settled)
