"""Placing orders, moving them on and settling those that were left half-way.

An order is stored as pending before stock is reserved under its number. Whatever fails after that leaves a
row that says what may be held, so that a repeated request or the reconciliation finishes the work; stock
is only given back after the order reached a state it cannot leave, by a task that the same transaction noted.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from order_api.domain import (
    CUSTOMER,
    SYSTEM,
    Actor,
    Change,
    Order,
    Placement,
    WantedLine,
    refuse_mixed_currencies,
)
from order_api.errors import IllegalTransitionError, RejectedError
from order_api.meters import Meters
from order_api.orders import Orders
from order_api.states import CANCELLATIONS, Status
from order_api.stock import Stock
from order_api.turnstile import Turnstile

PLACED_AT_ONCE = 7  # each uses a connection of the pool at a time, and others need some
PATIENCE_SECONDS = 3.0  # the shop waits 5
GIVEN_UP = {"detail": "The order was not completed in time; place it again with another Idempotency-Key."}


class Ordering:
    """The use cases around an order; `changed` is called after every change, when tasks may wait."""

    def __init__(self, orders: Orders, stock: Stock, meters: Meters, changed: Callable[[], None]) -> None:
        self._turnstile = Turnstile(PLACED_AT_ONCE, PATIENCE_SECONDS)
        self._orders = orders
        self._stock = stock
        self._meters = meters
        self._changed = changed

    async def place(self, placement: Placement) -> tuple[Order, bool]:
        """The placed order and whether this call made it.

        Raises KeyReusedError, RejectedError (always, for this key), StockUnavailableError or BusyError (repeat it).
        """
        async with self._turnstile.passed():
            number, new = await self._orders.open(placement)
            if not new:
                self._meters.repeats.inc()
            order = None if new else await self._orders.get(number)
            if order is None or order.status is Status.PENDING:
                order = await self._confirm(number, placement.lines)
        if order.status is Status.REJECTED:
            raise RejectedError(order.refusal or {})
        return order, new

    async def move(self, number: str, change: Change) -> Order:
        """The order in its new state, also when it was there; UnknownOrderError or IllegalTransitionError."""
        order = await self._orders.get(number)
        while order.status is not change.to:
            order.check(change.to)
            await self._enter(order, change)
            # whoever was faster moved it on, and no order ever comes back to a state: this ends
            order = await self._orders.get(number)
        return order

    async def cancel(self, number: str, actor: Actor) -> Order:
        """The order cancelled, or refunded when it was paid; UnknownOrderError or IllegalTransitionError."""
        order = await self._orders.get(number)
        while (to := CANCELLATIONS.get(order.status)) is not order.status:
            if to is None:
                raise IllegalTransitionError(order.status, Status.CANCELLED, allowed=())
            await self._enter(order, Change(to, actor))
            order = await self._orders.get(number)
        return order

    async def reconcile(self, older_than: timedelta) -> int:
        """Reject what stayed pending and return what ended orders still hold; how many were settled."""
        rejected = 0
        for number in await self._orders.abandoned(older_than):
            rejected += await self._leave_pending(number, Change(Status.REJECTED, SYSTEM), refusal=GIVEN_UP)
        forgotten = await self._orders.return_forgotten_stock(older_than)
        self._meters.reconciled(rejected=rejected, released=forgotten)
        if forgotten:
            self._changed()
        return rejected + forgotten

    async def _confirm(self, number: str, wanted: tuple[WantedLine, ...]) -> Order:
        try:
            lines = await self._stock.reserve(number, wanted)
            refuse_mixed_currencies(lines)
        except RejectedError as error:
            await self._leave_pending(number, Change(Status.REJECTED, SYSTEM), refusal=error.reason)
        else:
            held = [vars(line) for line in lines]
            await self._leave_pending(number, Change(Status.PLACED, CUSTOMER), lines=held)
        # a request with the same key may have decided meanwhile: its word counts
        return await self._orders.get(number)

    async def _leave_pending(self, number: str, change: Change, **values: Any) -> bool:
        return self._note(change, moved=await self._orders.move(number, Status.PENDING, change, **values))

    async def _enter(self, order: Order, change: Change) -> bool:
        return self._note(change, moved=await self._orders.move(order.number, order.status, change))

    def _note(self, change: Change, *, moved: bool) -> bool:
        if moved:
            self._meters.entered(change.to)
            self._changed()
        return moved
