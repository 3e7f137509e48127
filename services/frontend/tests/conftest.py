"""The frontend in front of real APIs on loopback ports."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from quart import Quart
from quart.typing import TestClientProtocol as Client
from testing.server import running

import order_api.app
import order_api.settings
import product_api.app
import product_api.settings
from chassis.migration import migrate
from frontend.app import create_app
from frontend.settings import Settings
from product_api.seed import seed

KEY = "a-key-of-forty-characters-for-the-tests!"


@pytest.fixture
async def catalogue(tmp_path: Path) -> Quart:
    """A product API with the demo catalogue."""
    url = f"sqlite+aiosqlite:///{tmp_path}/products.db"
    await migrate(url, "product_api")
    await seed(url)
    return product_api.app.create_app(product_api.settings.Settings(database_url=url))


@pytest.fixture
async def app(catalogue: Quart, tmp_path: Path) -> AsyncIterator[Quart]:
    """The frontend, with its lifespan and both APIs."""
    url = f"sqlite+aiosqlite:///{tmp_path}/orders.db"
    await migrate(url, "order_api")
    async with running(catalogue) as products:
        settings = order_api.settings.Settings(database_url=url, product_api_url=products)
        async with running(order_api.app.create_app(settings)) as orders:
            app = create_app(
                Settings(
                    product_api_url=products,
                    order_api_url=orders,
                    secret_key=KEY,
                    shop_name="Shop <Test>",
                    environment="staging",
                )
            )
            async with app.test_app() as started:
                yield started.app  # type: ignore[attr-defined]


@pytest.fixture
def client(app: Quart) -> Client:
    """A browser with a cookie jar."""
    return app.test_client()
