"""The product API as a Quart application."""

from quart import Quart, Response

from chassis.database import create_engine
from chassis.problem import Problem, install_problems
from chassis.service import Identity, install_chassis
from product_api import __version__, products_routes, reservations_routes
from product_api.catalogue import Catalogue
from product_api.domain import (
    OutOfStockError,
    ProductExistsError,
    ReservationMismatchError,
    UnknownProductError,
)
from product_api.settings import Settings
from product_api.stock import Stock

IDENTITY = Identity("product-api", __version__)


def create_app(settings: Settings) -> Quart:
    """Build the application; its connection pool lives from start-up to shutdown."""
    app = Quart(__name__, static_folder=None)
    engine = create_engine(settings.database_url, IDENTITY.name)  # connects on first use
    catalogue = Catalogue(engine)
    app.extensions[products_routes.CATALOGUE] = catalogue
    app.extensions[reservations_routes.STOCK] = Stock(engine)
    install_chassis(app, IDENTITY, settings, {"database": catalogue.ping})
    install_problems(app)
    _install_catalogue_problems(app)
    app.register_blueprint(products_routes.blueprint)
    app.register_blueprint(reservations_routes.blueprint)

    @app.after_serving
    async def close() -> None:
        await engine.dispose()

    return app


def _install_catalogue_problems(app: Quart) -> None:
    @app.errorhandler(UnknownProductError)
    async def unknown(_error: UnknownProductError) -> Response:
        return Problem(404, "No product has this id.").response()

    @app.errorhandler(ProductExistsError)
    async def exists(_error: ProductExistsError) -> Response:
        return Problem(409, "Another product has this id.").response()

    @app.errorhandler(ReservationMismatchError)
    async def mismatch(_error: ReservationMismatchError) -> Response:
        return Problem(409, "This order holds a reservation of other lines.").response()

    @app.errorhandler(OutOfStockError)
    async def out_of_stock(error: OutOfStockError) -> Response:
        return Problem(
            409,
            f"Only {error.available} of {error.line.product_id} available, {error.line.quantity} wanted.",
            kind="urn:techcommerce:problem:out-of-stock",
            product_id=error.line.product_id,
            wanted=error.line.quantity,
            available=error.available,
        ).response()
