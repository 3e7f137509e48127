"""Database engines: PostgreSQL in clusters, SQLite for development and unit tests."""

import logging
import time
from collections.abc import Callable
from typing import Any, cast

from prometheus_client import CollectorRegistry, Gauge, Histogram
from sqlalchemy import AsyncAdaptedQueuePool, PoolProxiedConnection, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# SQLSTATE classes: connection, transaction rollback, resources, object in use, operator intervention
TRANSIENT = ("08", "40", "53", "55", "57")
DRIVERS = ("postgresql+asyncpg", "sqlite+aiosqlite")
CONNECT_SECONDS = 5
COMMAND_SECONDS = 10.0
POOL_SIZE, POOL_OVERFLOW = 5, 5
SQLITE_BUSY_SECONDS = 30
WAIT_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


# SQLAlchemy keeps its own pools quiet; below INFO this one would log every use of a connection
logging.getLogger(f"{__name__}.MeasuredPool").setLevel(logging.WARNING)


class MeasuredPool(AsyncAdaptedQueuePool):
    """A pool that tells how long each connection was waited for."""

    waited: Callable[[float], None] | None = None

    def connect(self) -> PoolProxiedConnection:
        """A connection; the time includes making it and asking whether it still works."""
        began = time.perf_counter()
        try:
            return super().connect()
        finally:
            if self.waited:
                self.waited(time.perf_counter() - began)


def database_url(value: str) -> str:
    """A URL of one of DRIVERS; ValueError never repeats the value, it may hold a password."""
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError("must be a database URL such as sqlite+aiosqlite:///shop.db") from error
    if url.drivername not in DRIVERS or not url.database:
        raise ValueError(f"must start with {' or '.join(driver + '://' for driver in DRIVERS)} and name a database")
    return value


def create_engine(url: str, application: str, *, command_seconds: float | None = COMMAND_SECONDS) -> AsyncEngine:
    """An engine with bounded waits, `command_seconds` for one statement; dispose of it when the application stops."""
    if make_url(url).get_backend_name() == "postgresql":
        return _postgresql(url, application, command_seconds)
    # one connection, so that transactions of this process queue fairly: SQLite has one writer anyway, and
    # where it was built without usleep its waiters poll once a second and starve each other
    engine = create_async_engine(
        url,
        poolclass=MeasuredPool,
        pool_size=1,
        max_overflow=0,
        connect_args={"timeout": SQLITE_BUSY_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def measure_pool(engine: AsyncEngine, registry: CollectorRegistry) -> None:
    """Publish how full the pool of `engine` is, and how long its connections are waited for."""
    pool = cast(MeasuredPool, engine.pool)
    connections = Gauge(
        "techcommerce_database_connections", "Connections of the pool by state", ["state"], registry=registry
    )
    connections.labels("in_use").set_function(pool.checkedout)
    connections.labels("idle").set_function(pool.checkedin)
    most = Gauge("techcommerce_database_connections_max", "Connections that the pool may open", registry=registry)
    most.set(1 if engine.dialect.name == "sqlite" else POOL_SIZE + POOL_OVERFLOW)
    waits = Histogram(
        "techcommerce_database_wait_seconds",
        "Time until a connection was there",
        buckets=WAIT_BUCKETS,
        registry=registry,
    )
    pool.waited = waits.observe


def _postgresql(url: str, application: str, command_seconds: float | None) -> AsyncEngine:
    server_settings = {"application_name": application}
    if command_seconds:
        # a process that was killed cannot cancel what it asked for, nor end its transaction: the server does
        server_settings["statement_timeout"] = f"{command_seconds:g}s"
        server_settings["idle_in_transaction_session_timeout"] = f"{2 * command_seconds:g}s"
    engine = create_async_engine(
        url,
        poolclass=MeasuredPool,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=CONNECT_SECONDS,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": command_seconds,
            "server_settings": server_settings,
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    # a restarted database leaves dead connections in the pool; asyncpg knows that they were closed, while
    # SQLAlchemy's pre-ping would ask the server in three round trips, before every use
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin too late, and not for every statement
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # a transaction that reads first and writes later fails at once when another one wrote in between
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def is_transient(error: Exception) -> bool:
    """Whether an error of the database says that it is away or busy, so that the same may go through later."""
    state = str(getattr(getattr(error, "orig", None) or error, "sqlstate", ""))
    return isinstance(error, InterfaceError | OperationalError) or state.startswith(TRANSIENT)
