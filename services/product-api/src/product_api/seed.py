"""The demo catalogue."""

import json
from collections.abc import Iterable
from importlib import resources

from sqlalchemy.dialects import postgresql, sqlite

from chassis.database import create_engine
from product_api import forms
from product_api.domain import NewProduct
from product_api.tables import products

BATCH = 10_000


def demo_products() -> list[NewProduct]:
    """The products of demo_catalogue.json, checked like those of any client."""
    text = resources.files("product_api").joinpath("demo_catalogue.json").read_text("utf-8")
    return [forms.new_product(item) for item in json.loads(text)]


async def seed(url: str, wanted: Iterable[NewProduct]) -> int:
    """Add those of `wanted` that are missing; return how many. Existing ones are left as they are."""
    engine = create_engine(url, "product-api-seed")
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(products).on_conflict_do_nothing().returning(products.c.version)
    added, rows = 0, [vars(product) for product in wanted]
    try:
        async with engine.begin() as connection:
            for start in range(0, len(rows), BATCH):
                added += len((await connection.execute(statement, rows[start : start + BATCH])).all())
    finally:
        await engine.dispose()
    return added
