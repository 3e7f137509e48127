"""Products in the database."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, Update, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from product_api import rows
from product_api.domain import Content, NewProduct, Product
from product_api.errors import ProductExistsError, StaleVersionError, UnknownProductError
from product_api.importing import Imported, import_products
from product_api.listing import Page, Query, page_of
from product_api.listing_statement import page_statement, tiers
from product_api.tables import NOW, products


class Catalogue:
    """Reads and changes products; every method is a transaction of its own.

    Changes take the versions that the client has seen, or None for whichever it is now.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ping(self) -> None:
        """Fail unless the database answers and its schema is there."""
        async with self._engine.connect() as connection:
            await connection.execute(select(products.c.version).limit(1))

    async def list(self, query: Query) -> Page:
        """One page; texts are compared as the database collates them."""
        found: list[tuple[int, Product]] = []
        async with self._engine.connect() as connection:
            for tier in tiers(query):
                missing = query.limit + 1 - len(found)
                if missing:
                    statement = page_statement(query, tier, missing, self._engine.dialect.name)
                    found += [(tier, rows.product(row)) for row in await connection.execute(statement)]
        return page_of(found, query)

    async def categories(self) -> dict[str, int]:
        """Number of products by category, by name."""
        statement = (
            select(products.c.category, func.count()).group_by(products.c.category).order_by(products.c.category)
        )
        async with self._engine.connect() as connection:
            return {name: count for name, count in await connection.execute(statement)}

    async def get(self, product_id: str) -> Product:
        """The product of this id, or UnknownProductError."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(products).where(products.c.id == product_id))).first()
        if row is None:
            raise UnknownProductError(product_id)
        return rows.product(row)

    async def add(self, product: NewProduct) -> Product:
        """Store a new product, or ProductExistsError."""
        statement = insert(products).values(**vars(product)).returning(products)
        try:
            async with self._engine.begin() as connection:
                return rows.product((await connection.execute(statement)).one())
        except IntegrityError as error:
            raise ProductExistsError(product.id) from error

    async def change(self, product_id: str, content: Content, versions: Collection[int] | None) -> Product:
        """Overwrite the content of a product; UnknownProductError or StaleVersionError."""
        statement = (
            update(products)
            .values(**vars(content), version=products.c.version + 1, updated_at=NOW)
            .where(*_seen(product_id, versions))
            .returning(products)
        )
        return rows.product(await self._exactly_one(product_id, statement))

    async def remove(self, product_id: str, versions: Collection[int] | None) -> None:
        """Delete a product; UnknownProductError or StaleVersionError."""
        statement = delete(products).where(*_seen(product_id, versions)).returning(products.c.id)
        await self._exactly_one(product_id, statement)

    async def put(self, wanted: Sequence[NewProduct]) -> Imported:
        """Create or overwrite all of `wanted`, one or more in the order of their ids, or none."""
        return await import_products(self._engine, wanted)

    async def _exactly_one(self, product_id: str, statement: Update | Delete) -> Row[Any]:
        async with self._engine.begin() as connection:
            row = (await connection.execute(statement)).first()
            if row is None:
                await _explain(connection, product_id)
                raise UnknownProductError(product_id)
            return row


def _seen(product_id: str, versions: Collection[int] | None) -> Iterator[ColumnElement[bool]]:
    yield products.c.id == product_id
    if versions is not None:
        yield products.c.version.in_(versions)


async def _explain(connection: AsyncConnection, product_id: str) -> None:
    version = await connection.scalar(select(products.c.version).where(products.c.id == product_id))
    if version is not None:
        raise StaleVersionError(version)
