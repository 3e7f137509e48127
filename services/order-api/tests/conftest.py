"""The order API beside a real product API on a loopback port."""

from collections.abc import AsyncIterator

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client
from testing.server import running

import product_api.app
import product_api.settings
from chassis.migration import migrate
from order_api.app import create_app
from order_api.settings import Settings


@pytest.fixture
async def catalogue(sqlite_url: str) -> Quart:
    """A product API with five lamps and two torches."""
    await migrate(sqlite_url, "product_api")
    app = product_api.app.create_app(product_api.settings.Settings(database_url=sqlite_url))
    for name, stock in (("lamp", 5), ("torch", 2)):
        body = {"name": name, "category": "Light", "price_cents": 100 * stock, "stock": stock}
        assert (await app.test_client().post("/api/products", json=body)).status_code == 201
    return app


@pytest.fixture
async def app(catalogue: Quart, database_url: str) -> AsyncIterator[Quart]:
    """The application, with its lifespan."""
    await migrate(database_url, "order_api")
    async with running(catalogue) as url:
        app = create_app(Settings(database_url=database_url, product_api_url=url))
        async with app.test_app() as started:
            yield started.app  # type: ignore[attr-defined]


@pytest.fixture
def client(app: Quart) -> Client:
    """A client of the application."""
    return app.test_client()
