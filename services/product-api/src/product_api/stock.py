"""Stock in the database: changes by staff, and reservations for orders."""

from dataclasses import asdict

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from product_api import rows
from product_api.domain import MOST_STOCK, Product
from product_api.errors import (
    OutOfStockError,
    ReservationMismatchError,
    ReservationReleasedError,
    StockRangeError,
    UnknownProductError,
)
from product_api.reservation import Line, Reservation, ReservedLine
from product_api.tables import NOW, products, reservations, stock_changes


class Stock:
    """Takes stock for orders and gives it back; every method is a transaction of its own.

    Each locks the reservation first and then the products in the order of their ids: so none waits for another
    that waits for it.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def change(self, product_id: str, change: int, reason: str, actor: str) -> Product:
        """Add pieces or take some away, and remember why; UnknownProductError or StockRangeError."""
        left = products.c.stock + change
        statement = (
            update(products)
            .where(products.c.id == product_id, left >= 0, left <= MOST_STOCK)
            .values(stock=left)
            .returning(products)
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).first()
            if row is None:
                stock = await connection.scalar(select(products.c.stock).where(products.c.id == product_id))
                raise UnknownProductError(product_id) if stock is None else StockRangeError(stock)
            entry = {"product_id": product_id, "change": change, "reason": reason, "actor": actor}
            await connection.execute(insert(stock_changes).values(entry))
            return rows.product(row)

    async def reserve(self, order_id: str, lines: tuple[Line, ...]) -> tuple[Reservation, bool]:
        """Take every line or none; the flag tells whether it happened now or before.

        Raises OutOfStockError, ReservationReleasedError when it was given back already, and
        ReservationMismatchError when the order holds other lines.
        """
        claim = self._insert().values(order_id=order_id, lines=[], created_at=NOW).on_conflict_do_nothing()
        async with self._engine.begin() as connection:
            # whoever asks for the same order waits here until this transaction has ended
            if (await connection.execute(claim.returning(reservations.c.order_id))).first() is None:
                return await _held(connection, order_id, lines), False
            reservation = Reservation(order_id, tuple([await _take(connection, line) for line in lines]))
            await connection.execute(
                update(reservations)
                .where(reservations.c.order_id == order_id)
                .values(lines=[asdict(line) for line in reservation.lines])
            )
            return reservation, True

    async def release(self, order_id: str) -> tuple[str, ...]:
        """Give the stock of an order back, for good; the ids of the products that got some.

        An order that holds nothing, not even heard of, can hold nothing from now on.
        """
        tombstone = self._insert().values(order_id=order_id, lines=[], created_at=NOW, released_at=NOW)
        async with self._engine.begin() as connection:
            await connection.execute(tombstone.on_conflict_do_nothing())
            held = select(reservations.c.lines).where(reservations.c.order_id == order_id).with_for_update()
            lines = await connection.scalar(held)
            for line in lines or ():
                await connection.execute(
                    update(products)
                    .where(products.c.id == line["product_id"])
                    .values(stock=products.c.stock + line["quantity"])
                )
            held_by = (reservations.c.order_id == order_id, reservations.c.released_at.is_(None))
            await connection.execute(update(reservations).where(*held_by).values(lines=[], released_at=NOW))
        return tuple(line["product_id"] for line in lines or ())

    def _insert(self) -> "postgresql.Insert | sqlite.Insert":
        postgres = self._engine.dialect.name == "postgresql"
        return postgresql.insert(reservations) if postgres else sqlite.insert(reservations)


async def _held(connection: AsyncConnection, order_id: str, lines: tuple[Line, ...]) -> Reservation:
    row = (await connection.execute(select(reservations).where(reservations.c.order_id == order_id))).first()
    if row is None or row.released_at is not None:  # a release of version 0001 leaves no row
        raise ReservationReleasedError(order_id)
    held = Reservation(order_id, tuple(ReservedLine(**line) for line in row.lines))
    if not held.holds(lines):
        raise ReservationMismatchError(order_id)
    return held


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
