"""Many products into the database at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from product_api.domain import NewProduct
from product_api.tables import NOW, products

CONTENT = ("name", "description", "category", "price_cents", "currency")


@dataclass(frozen=True)
class Imported:
    """What became of the products of a file."""

    created: int
    updated: int
    unchanged: int


async def import_products(engine: AsyncEngine, wanted: Sequence[NewProduct]) -> Imported:
    """Create and overwrite all of `wanted`, one or more in the order of their ids, or none.

    The stock of an existing product stays: orders have taken from it since the file was written.
    """
    insert = (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(products)
    new = insert.excluded
    statement = insert.on_conflict_do_update(
        index_elements=[products.c.id],
        set_={
            **{name: new[name] for name in CONTENT},
            "version": products.c.version + 1,
            "updated_at": NOW,
        },
        where=or_(*(products.c[name].is_distinct_from(new[name]) for name in CONTENT)),
    ).returning(products.c.version)
    async with engine.begin() as connection:
        # SQLAlchemy makes few statements of it, a thousand products in each
        versions = (await connection.execute(statement, [dict(vars(product)) for product in wanted])).scalars().all()
    created = versions.count(1)
    return Imported(created, len(versions) - created, len(wanted) - len(versions))
