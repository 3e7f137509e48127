"""The order API as a Quart application."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from quart import Quart, Response

from chassis.database import create_engine
from chassis.problem import Problem, install_problems
from chassis.service import Identity, install_chassis
from chassis.upstream import Upstream
from order_api import __version__, orders_routes
from order_api.domain import (
    IllegalTransitionError,
    KeyReusedError,
    RejectedError,
    StockUnavailableError,
    UnknownOrderError,
)
from order_api.ordering import Ordering
from order_api.orders import Orders
from order_api.reconciliation import reconcile_forever
from order_api.settings import Settings
from order_api.stock import Stock

IDENTITY = Identity("order-api", __version__)


def create_app(settings: Settings) -> Quart:
    """Build the application; pool, HTTP client and reconciliation live from start-up to shutdown."""
    app = Quart(__name__, static_folder=None)
    engine = create_engine(settings.database_url, IDENTITY.name)  # connects on first use
    orders = Orders(engine)
    app.extensions[orders_routes.ORDERS] = orders
    install_chassis(app, IDENTITY, settings, {"database": orders.ping})
    install_problems(app)
    _install_order_problems(app)
    app.register_blueprint(orders_routes.blueprint)

    @app.while_serving
    async def resources() -> AsyncGenerator[None, None]:
        product_api = Upstream(settings.product_api_url)
        ordering = Ordering(orders, Stock(product_api))
        app.extensions[orders_routes.ORDERING] = ordering
        loop = asyncio.create_task(reconcile_forever(ordering))
        yield
        loop.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loop
        await product_api.close()
        await engine.dispose()

    return app


def _install_order_problems(app: Quart) -> None:
    @app.errorhandler(UnknownOrderError)
    async def unknown(_error: UnknownOrderError) -> Response:
        return Problem(404, "No order has this number.").response()

    @app.errorhandler(KeyReusedError)
    async def reused(_error: KeyReusedError) -> Response:
        return Problem(422, "This Idempotency-Key was used for another order.").response()

    @app.errorhandler(IllegalTransitionError)
    async def illegal(error: IllegalTransitionError) -> Response:
        return Problem(409, str(error), allowed=list(error.allowed)).response()

    @app.errorhandler(RejectedError)
    async def rejected(error: RejectedError) -> Response:
        kind = "urn:techcommerce:problem:order-rejected"
        return Problem(409, **{"detail": str(error), **error.reason, "kind": kind}).response()  # type: ignore[arg-type]

    @app.errorhandler(StockUnavailableError)
    async def unavailable(_error: StockUnavailableError) -> Response:
        detail = "Stock cannot be confirmed right now; repeat the request with the same key."
        return Problem(503, detail, headers={"Retry-After": "2"}).response()
