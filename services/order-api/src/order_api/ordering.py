"""Placing orders, moving them on and settling those that were left half-way.

An order is stored as pending before stock is reserved under its number. Whatever fails after that leaves a
row that says what may be held, so that a repeated request or the reconciliation finishes the work; stock
is only given back after the order reached a state it cannot leave.
"""

from datetime import timedelta

import structlog

from order_api.domain import Order, Placement, RejectedError, Status, StockUnavailableError
from order_api.orders import Orders
from order_api.stock import Stock

ABANDONED_AFTER = timedelta(minutes=10)  # far longer than any client keeps trying
log = structlog.stdlib.get_logger(__name__)


class Ordering:
    """The use cases around an order."""

    def __init__(self, orders: Orders, stock: Stock) -> None:
        self._orders = orders
        self._stock = stock

    async def place(self, placement: Placement) -> tuple[Order, bool]:
        """The placed order and whether this call made it.

        Raises KeyReusedError, RejectedError (always, for this key) or StockUnavailableError (repeat it).
        """
        order, new = await self._orders.open(placement)
        if order.status is Status.PENDING:
            order = await self._confirm(order)
        if order.status is Status.REJECTED:
            raise RejectedError(order.refusal or {})
        return order, new

    async def move(self, number: str, to: Status) -> Order:
        """The order in its new state; UnknownOrderError or IllegalTransitionError."""
        order = await self._orders.get(number)
        order.check(to)
        if not await self._orders.move(number, order.status, to):
            order = await self._orders.get(number)  # somebody else was faster
            order.check(to)
            raise StockUnavailableError("the order is changing right now")
        if to is Status.CANCELLED:
            await self._return_stock(number)
        return await self._orders.get(number)

    async def reconcile(self, older_than: timedelta = ABANDONED_AFTER) -> int:
        """Reject what stayed pending and give back what ended orders still hold; return how many settled."""
        settled = 0
        for number, status in await self._orders.unsettled(older_than):
            if status is Status.PENDING:
                refusal = {"detail": "The order was not completed in time."}
                await self._orders.move(number, Status.PENDING, Status.REJECTED, refusal=refusal)
            settled += await self._return_stock(number)
        return settled

    async def _confirm(self, order: Order) -> Order:
        try:
            lines = await self._stock.reserve(order.number, order.wanted)
        except RejectedError as error:
            await self._orders.move(order.number, Status.PENDING, Status.REJECTED, refusal=error.reason)
        else:
            held = [vars(line) for line in lines]
            await self._orders.move(order.number, Status.PENDING, Status.PLACED, lines=held)
        # a request with the same key may have decided meanwhile: its word counts
        order = await self._orders.get(order.number)
        if order.status is Status.REJECTED:
            await self._return_stock(order.number)
        return order

    async def _return_stock(self, number: str) -> bool:
        order = await self._orders.get(number)
        if order.status not in (Status.REJECTED, Status.CANCELLED):
            return False
        try:
            await self._stock.release(number)
        except StockUnavailableError as error:
            log.warning("stock not returned yet", order=number, reason=str(error))
            return False
        await self._orders.stock_returned(number)
        return True
