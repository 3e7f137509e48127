"""The product API as a Quart application."""

from quart import Quart

from chassis.cache import Cache, connect
from chassis.database import create_engine, measure_pool
from chassis.openapi import install_openapi
from chassis.problem import install_problems
from chassis.service import Identity, install_chassis
from chassis.tokens import Verifier, install_tokens
from product_api import __version__, import_routes, products_routes, reservations_routes
from product_api.catalogue import Catalogue
from product_api.counts import Counts
from product_api.planning import plan_every_search
from product_api.problems import install_catalogue_problems, install_database_problems
from product_api.settings import Settings
from product_api.shop import SHOP, Caches, Shop
from product_api.stock import Stock

IDENTITY = Identity("product-api", __version__)
# a listing of 100 products is 50 KiB: so many fit into a few MiB
MOST_LISTINGS = 200
MOST_PRODUCTS = 2000


def create_app(settings: Settings) -> Quart:
    """Build the application; its connection pools live from start-up to shutdown."""
    app = Quart(__name__, static_folder=None)
    app.request_class = import_routes.CatalogueRequest
    engine = create_engine(settings.database_url, IDENTITY.name)  # connects on first use
    plan_every_search(engine)
    catalogue = Catalogue(engine)
    registry = install_chassis(app, IDENTITY, settings, {"database": catalogue.ping})
    measure_pool(engine, registry)
    install_tokens(app, Verifier(IDENTITY.name, settings.callers()))
    install_problems(app)
    install_catalogue_problems(app)
    install_database_problems(app)
    install_openapi(app, "product_api")
    redis = connect(settings.redis_url) if settings.redis_url else None

    def cache(name: str, size: int) -> Cache:
        return Cache(name, seconds=settings.cache_seconds, size=size, registry=registry, redis=redis)

    caches = Caches(cache("listings", MOST_LISTINGS), cache("products", MOST_PRODUCTS), cache("categories", 1))
    app.extensions[SHOP] = Shop(catalogue, Stock(engine), caches, Counts(registry))
    for routes in (products_routes, import_routes, reservations_routes):
        app.register_blueprint(routes.blueprint)

    @app.after_serving
    async def close() -> None:
        await engine.dispose()
        if redis:
            await redis.aclose()

    return app
