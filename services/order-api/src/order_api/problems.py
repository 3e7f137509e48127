"""Errors of the domain and of the database as problem documents."""

from typing import Any

import structlog
from quart import Quart, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis.database import is_transient
from chassis.problem import Problem
from order_api.errors import (
    BusyError,
    IllegalTransitionError,
    KeyReusedError,
    RejectedError,
    StockUnavailableError,
    UnknownOrderError,
)

REJECTED = "urn:techcommerce:problem:order-rejected"
AWAY = {"Retry-After": "2"}
log = structlog.stdlib.get_logger(__name__)


def install_order_problems(app: Quart) -> None:
    """Tell clients what is wrong with an order and what to do."""

    @app.errorhandler(UnknownOrderError)
    async def unknown(_error: UnknownOrderError) -> Response:
        return Problem(404, "No order has this number; check it against the confirmation.").response()

    @app.errorhandler(KeyReusedError)
    async def reused(_error: KeyReusedError) -> Response:
        detail = "This Idempotency-Key was used for another order; send a changed order under a new key."
        return Problem(422, detail).response()

    @app.errorhandler(IllegalTransitionError)
    async def illegal(error: IllegalTransitionError) -> Response:
        return Problem(409, str(error), allowed=list(error.allowed)).response()

    @app.errorhandler(RejectedError)
    async def rejected(error: RejectedError) -> Response:
        members: dict[str, Any] = {name: value for name, value in error.reason.items() if name != "detail"}
        return Problem(409, str(error), kind=REJECTED, **members).response()

    @app.errorhandler(StockUnavailableError)
    async def unavailable(error: StockUnavailableError) -> Response:
        log.warning("stock unavailable", reason=str(error))
        detail = "Stock cannot be confirmed right now; repeat the request with the same key."
        return Problem(503, detail, headers=AWAY).response()

    @app.errorhandler(BusyError)
    async def busy(_error: BusyError) -> Response:
        return Problem(503, "Too many orders at once; repeat the request with the same key.", headers=AWAY).response()


def install_database_problems(app: Quart, dialect: str) -> None:
    """503 while the database is away or busy; what it said is not logged, it may repeat what was to be written."""

    async def failed(error: Exception) -> Response:
        cause = getattr(error, "orig", None) or error
        log.error("database failed", error=type(error).__name__, cause=type(cause).__name__)
        if not _passes(error):
            return Problem(500, "Something went wrong on our side.").response()
        return Problem(503, "The orders cannot be reached right now; repeat the request.", headers=AWAY).response()

    kinds: list[type[Exception]] = [OSError, PoolTimeoutError, DBAPIError]  # also no answer in time
    if dialect == "postgresql":
        from asyncpg import PostgresError  # only there: what a server that starts or ends says to new connections

        kinds.append(PostgresError)
    for kind in kinds:
        app.register_error_handler(kind, failed)


def _passes(error: Exception) -> bool:
    if isinstance(error, OSError | PoolTimeoutError) or is_transient(error):
        return True
    return bool(getattr(error, "connection_invalidated", False))
