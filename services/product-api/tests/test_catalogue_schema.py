"""Migrations and the demo catalogue, on both databases."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from chassis.database import create_engine
from chassis.migration import migrate, version_table
from product_api.app import create_app
from product_api.catalogue import Catalogue
from product_api.domain import Query
from product_api.seed import demo_products, seed
from product_api.settings import Settings
from product_api.tables import metadata


def differences(connection: Connection) -> list[object]:
    options = {"version_table": version_table("product_api")}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_several_pods_may_migrate_at_once_and_the_tables_match(database_url: str) -> None:
    await asyncio.gather(*(migrate(database_url, "product_api") for _ in range(4)))

    engine = create_engine(database_url, "test")
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_seeding_twice_adds_once_and_keeps_what_was_changed(database_url: str) -> None:
    await migrate(database_url, "product_api")
    engine = create_engine(database_url, "test")
    catalogue = Catalogue(engine)

    assert (await seed(database_url), len(demo_products())) == (24, 24)
    await catalogue.remove("glide-mouse")
    assert await seed(database_url) == 1
    assert len((await catalogue.list(Query(limit=100))).products) == 24
    assert len(await catalogue.categories()) == 6
    await engine.dispose()


async def test_readiness_needs_the_schema(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))
    async with app.test_app() as started:
        before = await started.test_client().get("/healthz")
        await migrate(database_url, "product_api")
        after = await started.test_client().get("/healthz")

    assert (before.status_code, after.status_code) == (503, 200)
    assert "database" in (await before.get_json())["reasons"]
