"""The frontend in front of stand-ins of the APIs, over real connections."""

import dataclasses
from collections.abc import AsyncIterator

import pytest
from quart import Quart
from stand_ins import OrderApi, ProductApi
from testing.server import running
from visitor import Visitor

from frontend.app import create_app
from frontend.settings import Settings


@pytest.fixture
async def product_api() -> ProductApi:
    """Products of the demo catalogue."""
    return ProductApi()


@pytest.fixture
async def order_api(product_api: ProductApi) -> OrderApi:
    """No orders yet."""
    return OrderApi(product_api)


@pytest.fixture
def changes() -> dict[str, object]:
    """What a test sets otherwise; parametrise it."""
    return {}


@pytest.fixture
async def app(product_api: ProductApi, order_api: OrderApi, changes: dict[str, object]) -> AsyncIterator[Quart]:
    """The frontend, with its lifespan."""
    async with running(product_api.app) as products, running(order_api.app) as orders:
        settings = Settings(
            product_api_url=products, order_api_url=orders, shop_name="Shop <Test>", environment="development"
        )
        async with create_app(dataclasses.replace(settings, **changes)).test_app() as started:
            yield started.app  # type: ignore[attr-defined]
        product_api.trouble.released.set()
        order_api.trouble.released.set()


@pytest.fixture
def visitor(app: Quart) -> Visitor:
    """A browser without scripts."""
    return Visitor(app.test_client())


@pytest.fixture
async def staff(app: Quart) -> Visitor:
    """A browser of somebody who is logged in."""
    visitor = Visitor(app.test_client())
    await visitor.log_in()
    return visitor
