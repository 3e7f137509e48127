"""Databases for the tests of every service."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url
from testing.postgresql import PostgresqlMissingError, fresh_database, throwaway_server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The server of TEST_POSTGRESQL_URL, else one of our own."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+asyncpg")
        return
    try:
        with throwaway_server() as url:
            yield url
    except PostgresqlMissingError as error:
        pytest.fail(str(error))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/test.db"
        return
    with fresh_database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """An empty PostgreSQL database, for tests of what only it can do."""
    with fresh_database(postgresql_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database, for tests above the repositories."""
    return f"sqlite+aiosqlite:///{tmp_path}/only.db"
