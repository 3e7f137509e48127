"""Products in the database."""

from sqlalchemy import Row, Select, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from product_api.domain import Page, Product, ProductExistsError, Query, UnknownProductError, page_of
from product_api.tables import products


class Catalogue:
    """Reads and changes products; every method is a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ping(self) -> None:
        """Fail unless the database answers and its schema is there."""
        async with self._engine.connect() as connection:
            await connection.execute(select(products.c.id).limit(1))

    async def list(self, query: Query) -> Page:
        """One page; texts are compared as the database collates them."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(_listing(query))
            return page_of([_product(row) for row in rows], query)

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
        return _product(row)

    async def add(self, product: Product) -> None:
        """Store a new product, or ProductExistsError."""
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(products).values(**vars(product)))
        except IntegrityError as error:
            raise ProductExistsError(product.id) from error

    async def replace(self, product: Product) -> None:
        """Overwrite a product, or UnknownProductError."""
        statement = update(products).where(products.c.id == product.id).values(**vars(product))
        async with self._engine.begin() as connection:
            if not (await connection.execute(statement)).rowcount:
                raise UnknownProductError(product.id)

    async def remove(self, product_id: str) -> None:
        """Delete a product, or UnknownProductError."""
        async with self._engine.begin() as connection:
            if not (await connection.execute(delete(products).where(products.c.id == product_id))).rowcount:
                raise UnknownProductError(product_id)


def _listing(query: Query) -> Select[tuple[str, ...]]:
    key = products.c.price_cents if query.sort.by_price else products.c.name
    statement = select(products).limit(query.limit + 1)
    if query.category:
        statement = statement.where(products.c.category == query.category)
    if query.search:
        found = products.c.name.icontains(query.search, autoescape=True)
        statement = statement.where(found | products.c.description.icontains(query.search, autoescape=True))
    if query.after:
        here, there = tuple_(key, products.c.id), tuple_(literal(query.after.key), literal(query.after.id))
        statement = statement.where(here < there if query.sort.descending else here > there)
    order = (key.desc(), products.c.id.desc()) if query.sort.descending else (key, products.c.id)
    return statement.order_by(*order)


def _product(row: Row[tuple[str, ...]]) -> Product:
    return Product(**row._mapping)
