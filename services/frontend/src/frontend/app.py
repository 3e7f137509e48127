"""The frontend as a Quart application."""

from collections.abc import AsyncGenerator

from quart import Quart, session

from chassis.service import Identity, install_chassis
from chassis.upstream import Upstream
from frontend import __version__, gateway, purchase, shop
from frontend.assets import install_assets
from frontend.catalogue import Catalogue
from frontend.domain import Cart, money
from frontend.errors import install_errors
from frontend.ordering import Ordering
from frontend.security import install_security
from frontend.settings import Settings

IDENTITY = Identity("frontend", __version__)


def create_app(settings: Settings) -> Quart:
    """Build the application; the connections to the APIs live from start-up to shutdown."""
    app = Quart(__name__, static_folder=None)
    # ready without its upstreams: the pages that need them say so, and the others still work
    install_chassis(app, IDENTITY, settings, {})
    install_errors(app)
    install_security(app, settings.secret_key)
    install_assets(app)
    _install_templates(app, settings)
    for blueprint in (gateway.blueprint, shop.blueprint, purchase.blueprint):
        app.register_blueprint(blueprint)

    @app.while_serving
    async def upstreams() -> AsyncGenerator[None, None]:
        product_api, order_api = Upstream(settings.product_api_url), Upstream(settings.order_api_url)
        app.extensions.update({gateway.PRODUCT_API: product_api, gateway.ORDER_API: order_api})
        app.extensions.update({shop.CATALOGUE: Catalogue(product_api), shop.ORDERING: Ordering(order_api)})
        yield
        await product_api.close()
        await order_api.close()

    return app


def _install_templates(app: Quart, settings: Settings) -> None:
    app.jinja_env.filters["money"] = money
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    async def page() -> dict[str, object]:
        return {
            "shop_name": settings.shop_name,
            "environment": settings.environment,
            "pieces": Cart.of(session.get(purchase.CART)).pieces,
        }
