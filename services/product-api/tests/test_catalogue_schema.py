"""Migrations and the demo catalogue, on both databases; and that the version before goes on working."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from product_calls import bearer, settings
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.database import create_engine
from chassis.migration import migrate, version_table
from product_api.app import create_app
from product_api.catalogue import Catalogue
from product_api.listing import Query, Sort
from product_api.search import Search
from product_api.seed import demo_products, seed
from product_api.stock import Stock
from product_api.tables import metadata

# what only one of the databases has
OWN = {
    "products_words", "products_words_data", "products_words_idx", "products_words_docsize", "products_words_config",
    "products_by_id", "products_by_number", "heading_words", "all_words", "products_by_heading_words",
    "products_by_all_words",
}  # fmt: skip
# as version 0001 of the code writes them
OLD_INSERT = """
    INSERT INTO products (id, name, description, category, price_cents, currency, stock)
    VALUES (:id, :name, :description, :category, :price_cents, :currency, :stock)
"""
OLD_UPDATE = """
    UPDATE products SET id=:id, name=:name, description=:description, category=:category, price_cents=:price_cents,
    currency=:currency, stock=:stock WHERE products.id = :id
"""
OLD_RESERVE = "INSERT INTO reservations (order_id, lines, created_at) VALUES (:order_id, :lines, CURRENT_TIMESTAMP)"
LAMP = {
    "id": "lamp", "name": "Lamp", "description": "", "category": "Light", "price_cents": 5, "currency": "EUR",
    "stock": 3,
}  # fmt: skip


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, "test")
    yield engine
    await engine.dispose()


async def execute(engine: AsyncEngine, statement: str, **values: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(statement), values)


def differences(connection: Connection) -> list[object]:
    options = {
        "version_table": version_table("product_api"),
        "include_object": lambda _object, name, *_rest: name not in OWN,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_several_pods_may_migrate_at_once_and_the_tables_match(database_url: str, engine: AsyncEngine) -> None:
    await asyncio.gather(*(migrate(database_url, "product_api") for _ in range(4)))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "product_api:migrations")
    config.attributes.update(connection=connection, version_table=version_table("product_api"))
    command.upgrade(config, revision)


async def test_products_of_the_version_before_are_kept_and_found(database_url: str, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(upgrade_to, "0001")
    for name in ("Lamp", "Torch", "Bulb"):
        await execute(engine, OLD_INSERT, **{**LAMP, "id": name.lower(), "name": name})
    await execute(engine, OLD_RESERVE, order_id="old", lines='[{"product_id": "lamp", "quantity": 2}]')
    await migrate(database_url, "product_api")

    catalogue, stock = Catalogue(engine), Stock(engine)
    found = await catalogue.list(Query(sort=Sort.NEWEST))
    assert [product.name for product in found.products] == ["Bulb", "Torch", "Lamp"]
    assert {product.version for product in found.products} == {1}
    found = await catalogue.list(Query(sort=Sort.RELEVANCE, search=Search.of("torches")))
    assert [product.name for product in found.products] == ["Torch"]
    assert await stock.release("old") == ("lamp",)
    assert (await catalogue.get("lamp")).stock == 5


async def test_the_version_before_goes_on_working(database_url: str, engine: AsyncEngine) -> None:
    await migrate(database_url, "product_api")
    catalogue = Catalogue(engine)
    await execute(engine, OLD_INSERT, **LAMP)
    created = await catalogue.get("lamp")
    await execute(engine, OLD_UPDATE, **{**LAMP, "name": "Bright Lamp"})
    changed = await catalogue.get("lamp")
    await execute(engine, "UPDATE products SET stock = stock - 2 WHERE id = 'lamp' AND stock >= 2")
    await execute(engine, OLD_RESERVE, order_id="old", lines='[{"product_id": "lamp", "quantity": 2}]')
    sold = await catalogue.get("lamp")

    # a client of the new version that has seen version 1 overwrites nothing
    assert [(product.version, product.stock) for product in (created, changed, sold)] == [(1, 3), (2, 3), (2, 1)]
    assert created.updated_at <= changed.updated_at == sold.updated_at
    found = await catalogue.list(Query(sort=Sort.RELEVANCE, search=Search.of("bright")))
    assert [product.id for product in found.products] == ["lamp"]
    await execute(engine, "DELETE FROM reservations WHERE order_id = 'old'")
    await execute(engine, "DELETE FROM products WHERE id = 'lamp'")
    assert (await catalogue.list(Query(sort=Sort.RELEVANCE, search=Search.of("bright")))).products == ()


async def test_the_version_before_sees_no_stock_in_a_released_reservation(
    database_url: str, engine: AsyncEngine
) -> None:
    await migrate(database_url, "product_api")
    await Stock(engine).release("order-1")

    async with engine.connect() as connection:
        lines = await connection.scalar(text("SELECT lines FROM reservations WHERE order_id = 'order-1'"))
    assert lines in ("[]", [])


async def test_an_order_that_the_version_before_released_meanwhile_counts_as_released(
    database_url: str, engine: AsyncEngine
) -> None:
    await migrate(database_url, "product_api")
    await execute(engine, OLD_INSERT, **LAMP)
    stock = Stock(engine)
    await execute(engine, OLD_RESERVE, order_id="old", lines="[]")
    await execute(engine, "DELETE FROM reservations WHERE order_id = 'old'")

    assert await stock.release("old") == ()


async def test_seeding_twice_adds_once_and_keeps_what_was_changed(database_url: str, engine: AsyncEngine) -> None:
    await migrate(database_url, "product_api")
    catalogue, wanted = Catalogue(engine), demo_products()

    assert await seed(database_url, wanted) == len(wanted)
    await catalogue.remove("glide-mouse", None)
    assert await seed(database_url, wanted) == 1
    assert len((await catalogue.list(Query(limit=100))).products) == len(wanted)


def test_the_demo_catalogue_looks_like_a_shop() -> None:
    products = demo_products()

    assert 60 <= len(products) <= 80
    assert 8 <= len({product.category for product in products}) <= 10
    assert len({product.id for product in products}) == len(products)
    assert all(len(product.description) >= 30 and product.price_cents >= 500 for product in products)
    assert 1 <= sum(product.stock == 0 for product in products) <= 5


async def test_readiness_needs_the_schema(database_url: str) -> None:
    app = create_app(settings(database_url))
    async with app.test_app() as started:
        before = await started.test_client().get("/healthz")
        missing = await started.test_client().post(
            "/api/reservations",
            json={"order_id": "a", "lines": [{"product_id": "a", "quantity": 1}]},
            headers=bearer("order-api"),
        )
        await migrate(database_url, "product_api")
        after = await started.test_client().get("/healthz")

    assert (before.status_code, after.status_code) == (503, 200)
    assert "database" in (await before.get_json())["reasons"]
    assert missing.status_code in (500, 503)
