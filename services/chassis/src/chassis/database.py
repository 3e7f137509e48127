"""Database engines: PostgreSQL in clusters, SQLite for development and unit tests."""

from typing import Any

from sqlalchemy import AsyncAdaptedQueuePool, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DRIVERS = ("postgresql+asyncpg", "sqlite+aiosqlite")
CONNECT_SECONDS = 5
COMMAND_SECONDS = 10
SQLITE_BUSY_SECONDS = 30


def database_url(value: str) -> str:
    """A URL of one of DRIVERS; ValueError never repeats the value, it may hold a password."""
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("must be a database URL such as sqlite+aiosqlite:///shop.db") from error
    if url.drivername not in DRIVERS or not url.database:
        raise ValueError(f"must start with {' or '.join(driver + '://' for driver in DRIVERS)} and name a database")
    return value


def create_engine(url: str, application: str) -> AsyncEngine:
    """An engine with bounded waits; dispose of it when the application stops."""
    if make_url(url).get_backend_name() == "postgresql":
        return create_async_engine(
            url,
            pool_size=5,
            max_overflow=5,
            pool_timeout=CONNECT_SECONDS,
            pool_pre_ping=True,  # a restarted database leaves dead connections in the pool
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": COMMAND_SECONDS,
                "server_settings": {"application_name": application},
            },
        )
    # one connection, so that transactions of this process queue fairly: SQLite has one writer anyway, and
    # where it was built without usleep its waiters poll once a second and starve each other
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"timeout": SQLITE_BUSY_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin too late, and not for every statement
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # a transaction that reads first and writes later fails at once when another one wrote in between
    connection.exec_driver_sql("BEGIN IMMEDIATE")
