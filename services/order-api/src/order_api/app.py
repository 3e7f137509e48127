"""The order API as a Quart application."""

import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import timedelta

from prometheus_client import CollectorRegistry
from quart import Quart
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.database import create_engine, measure_pool
from chassis.openapi import install_openapi
from chassis.problem import install_problems
from chassis.service import Identity, install_chassis
from chassis.tokens import Signer, Verifier, install_tokens
from chassis.upstream import Upstream
from order_api import __version__, fulfilment_routes, orders_routes
from order_api.courier import Courier, carrying
from order_api.meters import Meters
from order_api.notifications import Channel, Notifications, log_notification, origin_and_target
from order_api.ordering import Ordering
from order_api.orders import Orders
from order_api.outbox import Outbox
from order_api.problems import install_database_problems, install_order_problems
from order_api.queue import Queue
from order_api.reconciliation import reconciling
from order_api.settings import NAME, Settings
from order_api.stock import Stock
from order_api.tasks import Kind

IDENTITY = Identity(NAME, __version__)


def create_app(settings: Settings) -> Quart:
    """Build the application; pool, HTTP clients and workers live from start-up to shutdown."""
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # below, it writes out every value: names, addresses
    app = Quart(__name__, static_folder=None)
    key, callers = settings.keys()
    engine = create_engine(settings.database_url, IDENTITY.name)  # connects on first use
    orders = Orders(engine)
    app.extensions[orders_routes.ORDERS] = orders
    app.extensions[fulfilment_routes.QUEUE] = Queue(engine)
    registry = install_chassis(app, IDENTITY, settings, {"database": orders.ping})
    measure_pool(engine, registry)
    install_tokens(app, Verifier(IDENTITY.name, callers))
    install_openapi(app, "order_api")
    install_problems(app)
    install_order_problems(app)
    install_database_problems(app, engine.dialect.name)
    app.register_blueprint(orders_routes.blueprint)
    app.register_blueprint(fulfilment_routes.blueprint)
    _install_workers(app, settings, engine, Signer(IDENTITY.name, key), registry)
    return app


def _install_workers(
    app: Quart, settings: Settings, engine: AsyncEngine, signer: Signer, registry: CollectorRegistry
) -> None:
    orders, outbox, meters = Orders(engine), Outbox(engine), Meters(registry)

    @app.while_serving
    async def resources() -> AsyncGenerator[None, None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(engine.dispose)
            product_api = Upstream(settings.product_api_url, name="product-api", signer=signer, registry=registry)
            stack.push_async_callback(product_api.close)
            stock = Stock(product_api)
            notify: Channel = log_notification
            if settings.notification_url:
                origin, target = origin_and_target(settings.notification_url)
                endpoint = Upstream(origin, name="notifications", signer=signer, registry=registry)
                stack.push_async_callback(endpoint.close)
                notify = Notifications(orders, endpoint, target).send
            channels: dict[Kind, Channel] = {
                Kind.RELEASE: lambda task: stock.release(task.number),
                Kind.NOTIFICATION: notify,
            }
            courier = Courier(outbox, channels, meters)
            ordering = Ordering(orders, stock, meters, courier.call)
            app.extensions[orders_routes.ORDERING] = ordering
            older_than = timedelta(seconds=settings.abandoned_seconds)
            await stack.enter_async_context(carrying(courier))
            await stack.enter_async_context(reconciling(ordering, outbox, settings.reconcile_seconds, older_than))
            yield
