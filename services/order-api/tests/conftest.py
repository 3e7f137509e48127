"""The order API beside a stand-in of the product API on a loopback port."""

import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from catalogue_stand_in import Shelf, stand_in
from quart import Quart
from quart.typing import TestClientProtocol as Client
from sqlalchemy.ext.asyncio import AsyncEngine
from testing.server import running

from chassis.database import create_engine
from chassis.logs import configure_logging
from chassis.migration import migrate
from order_api.app import create_app
from order_api.settings import Settings


@pytest.fixture
async def migrated(database_url: str) -> str:
    """The URL of a database with the newest schema."""
    await migrate(database_url, "order_api")
    return database_url


@pytest.fixture
async def engine(migrated: str) -> AsyncIterator[AsyncEngine]:
    """An engine of that database, beside the application's."""
    engine = create_engine(migrated, "test")
    yield engine
    await engine.dispose()


@pytest.fixture
def shelf() -> Shelf:
    """Five lamps and two torches."""
    return Shelf()


@pytest.fixture
async def catalogue_url(shelf: Shelf) -> AsyncIterator[str]:
    """Where the stand-in of the product API is."""
    async with running(stand_in(shelf)) as url:
        yield url


@pytest.fixture
def settings(migrated: str, catalogue_url: str) -> Settings:
    """Settings of the application."""
    return Settings(environment="development", database_url=migrated, product_api_url=catalogue_url)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Quart]:
    """The application, with its lifespan."""
    async with create_app(settings).test_app() as started:
        yield started.app  # type: ignore[attr-defined]


@pytest.fixture
def client(app: Quart) -> Client:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def json_logs() -> Iterator[io.StringIO]:
    """What a pod would log, down to the finest."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    configure_logging("order-api", "test", "debug")
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
