"""Reservations of stock in the database."""

from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from product_api.domain import Line, OutOfStockError, Reservation, ReservationMismatchError, ReservedLine
from product_api.tables import products, reservations


class Stock:
    """Takes stock for orders and gives it back; every method is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def reserve(self, order_id: str, lines: tuple[Line, ...]) -> tuple[Reservation, bool]:
        """Take every line or none; the flag tells whether it happened now or before.

        Raises OutOfStockError, or ReservationMismatchError when the order holds other lines.
        """
        try:
            async with self._engine.begin() as connection:
                reservation = Reservation(order_id, tuple([await _take(connection, line) for line in lines]))
                row = {"lines": [asdict(line) for line in reservation.lines], "created_at": datetime.now(UTC)}
                await connection.execute(insert(reservations).values(order_id=order_id, **row))
                return reservation, True
        except (IntegrityError, OutOfStockError):
            # the stock may be short because this very order holds it
            held = await self._find(order_id)
            if held is None:
                raise
        if not held.holds(lines):
            raise ReservationMismatchError(order_id)
        return held, False

    async def release(self, order_id: str) -> None:
        """Give the stock of an order back; nothing happens when it holds none."""
        statement = delete(reservations).where(reservations.c.order_id == order_id)
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement.returning(reservations.c.lines))).first()
            for line in row.lines if row else []:
                await connection.execute(
                    update(products)
                    .where(products.c.id == line["product_id"])
                    .values(stock=products.c.stock + line["quantity"])
                )

    async def _find(self, order_id: str) -> Reservation | None:
        statement = select(reservations.c.lines).where(reservations.c.order_id == order_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement)).first()
        return Reservation(order_id, tuple(ReservedLine(**line) for line in row.lines)) if row else None


async def _take(connection: AsyncConnection, line: Line) -> ReservedLine:
    # the condition is in the statement that changes the row: a check before it could be outdated
    statement = (
        update(products)
        .where(products.c.id == line.product_id, products.c.stock >= line.quantity)
        .values(stock=products.c.stock - line.quantity)
        .returning(products.c.name, products.c.price_cents, products.c.currency)
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        left = await connection.scalar(select(products.c.stock).where(products.c.id == line.product_id))
        raise OutOfStockError(line, left or 0)
    return ReservedLine(line.product_id, line.quantity, row.name, row.price_cents, row.currency)
