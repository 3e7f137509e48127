"""The demo catalogue, and large ones for measurements."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import resources

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import create_engine
from product_api import forms
from product_api.domain import NewProduct
from product_api.tables import products

BATCH = 10_000
WORD_INDEXES = text("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'products_by_%_words'")


def demo_products() -> list[NewProduct]:
    """The products of demo_catalogue.json, checked like those of any client."""
    found = resources.files("product_api").joinpath("demo_catalogue.json").read_text("utf-8")
    return [forms.new_product(item) for item in json.loads(found)]


async def seed(url: str, wanted: Iterable[NewProduct]) -> int:
    """Add those of `wanted` that are missing; return how many. Existing ones are left as they are."""
    engine = create_engine(url, "product-api-seed", command_seconds=None)
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(products).on_conflict_do_nothing().returning(products.c.version)
    added, rows = 0, [vars(product) for product in wanted]
    try:
        async with engine.begin() as connection, _word_indexes_made_last(connection, len(rows)):
            for start in range(0, len(rows), BATCH):
                added += len((await connection.execute(statement, rows[start : start + BATCH])).all())
    finally:
        await engine.dispose()
    return added


@asynccontextmanager
async def _word_indexes_made_last(connection: AsyncConnection, number: int) -> AsyncIterator[None]:
    """For many products PostgreSQL makes its indexes of words anew: twice as fast, but nobody else gets in."""
    if number < BATCH or connection.dialect.name != "postgresql":
        yield
        return
    indexes = (await connection.execute(WORD_INDEXES)).all()
    for name, _ in indexes:
        await connection.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in indexes:
        await connection.execute(text(definition))
