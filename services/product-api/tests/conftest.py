"""The product API on an empty, migrated database."""

from collections.abc import AsyncIterator

import pytest
from product_calls import bearer, settings
from quart import Quart
from quart.typing import TestClientProtocol as Client

from chassis.migration import migrate
from product_api.app import create_app

LAMP = {"name": "Desk Lamp", "category": "Light", "price_cents": 2500, "stock": 5}


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Quart]:
    """The application, with its lifespan."""
    await migrate(database_url, "product_api")
    app = create_app(settings(database_url))
    async with app.test_app() as started:
        yield started.app  # type: ignore[attr-defined]


@pytest.fixture
def client(app: Quart) -> Client:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def staff() -> dict[str, str]:
    """The headers of a member of staff."""
    return bearer("frontend", "ada")


@pytest.fixture
def order_api() -> dict[str, str]:
    """The headers of the order API."""
    return bearer("order-api")


@pytest.fixture
def lamp() -> dict[str, object]:
    """A valid product."""
    return dict(LAMP)
