"""The frontend as a Quart application."""

from collections.abc import AsyncGenerator

from quart import Quart

from chassis.cache import Cache
from chassis.openapi import install_openapi
from chassis.service import Identity, install_chassis
from chassis.tokens import Signer
from chassis.upstream import Upstream
from frontend import __version__, gateway
from frontend.accounts import Accounts
from frontend.assets import install_assets
from frontend.catalogue import Catalogue
from frontend.client_address import HOPS
from frontend.counts import COUNTS, Counts
from frontend.errors import install_errors
from frontend.limits import install_limits
from frontend.navigation import Navigation
from frontend.ordering import Ordering
from frontend.page_context import install_templates
from frontend.pages import cart, checkout, orders, shop, staff_import, staff_login, staff_orders, staff_products
from frontend.pages.upstreams import CATALOGUE, NAVIGATION, ORDERING
from frontend.security import install_security
from frontend.sessions import install_sessions
from frontend.settings import Settings
from frontend.staff_session import STAFF, StaffSessions
from frontend.visits import install_visits

IDENTITY = Identity("frontend", __version__)
IMPORT_SECONDS = 60.0
CATEGORIES_SECONDS = 30.0
BLUEPRINTS = (
    gateway.blueprint, shop.blueprint, cart.blueprint, checkout.blueprint, orders.blueprint, staff_login.blueprint,
    staff_import.blueprint, staff_products.blueprint, staff_orders.blueprint,
)  # fmt: skip


def create_app(settings: Settings) -> Quart:
    """Build the application; the connections to the APIs live from start-up to shutdown."""
    app = Quart(__name__, static_folder=None)
    app.extensions[HOPS] = settings.trusted_hops
    # ready without its upstreams: the pages that need them say so, and the others still work
    registry = install_chassis(app, IDENTITY, settings, {})
    app.extensions[COUNTS] = Counts(registry)
    install_limits(app, settings.rate_limit_per_second, settings.rate_limit_burst)
    install_errors(app)
    install_security(app)
    install_sessions(app, settings.secret_key)
    install_visits(app)
    install_assets(app)
    install_openapi(app, "frontend")
    install_templates(app, settings)
    accounts = Accounts(settings.accounts)
    app.extensions[staff_login.ACCOUNTS] = accounts
    app.extensions[STAFF] = StaffSessions(str(app.secret_key), accounts)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)

    @app.while_serving
    async def upstreams() -> AsyncGenerator[None, None]:
        signer = Signer(IDENTITY.name, settings.signing_key)
        product_api = Upstream(settings.product_api_url, name="product-api", signer=signer, registry=registry)
        order_api = Upstream(settings.order_api_url, name="order-api", signer=signer, registry=registry)
        imports = Upstream(
            settings.product_api_url, name="product-api", seconds=IMPORT_SECONDS, signer=signer, registry=registry
        )
        catalogue = Catalogue(product_api, imports)
        categories = Cache("categories", seconds=CATEGORIES_SECONDS, size=1, registry=registry)
        app.extensions.update(
            {
                gateway.PRODUCT_API: product_api,
                gateway.ORDER_API: order_api,
                gateway.IMPORTS: imports,
                CATALOGUE: catalogue,
                ORDERING: Ordering(order_api),
                NAVIGATION: Navigation(catalogue, categories),
            }
        )
        yield
        for upstream in (product_api, order_api, imports):
            await upstream.close()

    return app
