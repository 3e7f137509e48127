"""Errors of the catalogue as problems."""

from dataclasses import asdict

import sqlalchemy.exc
import structlog
from quart import Quart, Response

from chassis.database import is_transient
from chassis.problem import Problem, to_problem
from product_api.errors import (
    CatalogueFileError,
    OutOfStockError,
    ProductExistsError,
    ReservationMismatchError,
    ReservationReleasedError,
    StaleVersionError,
    StockRangeError,
    UnknownProductError,
)

OUT_OF_STOCK = "urn:techcommerce:problem:out-of-stock"


def install_catalogue_problems(app: Quart) -> None:
    """Answer the errors that clients can do something about."""
    plain: dict[type[Exception], Problem] = {
        UnknownProductError: Problem(404, "No product has this id."),
        ProductExistsError: Problem(409, "Another product has this id; change that one, or take another id."),
        ReservationMismatchError: Problem(409, "This order holds a reservation of other lines."),
        ReservationReleasedError: Problem(410, "This order's reservation was released; order anew under another id."),
    }

    @app.errorhandler(StaleVersionError)
    async def stale(error: StaleVersionError) -> Response:
        detail = "The product was changed in the meantime; read it again and decide what to keep."
        return Problem(412, detail, version=error.version).response()

    @app.errorhandler(StockRangeError)
    async def range_(error: StockRangeError) -> Response:
        detail = f"There are {error.stock} in stock; the change would leave less than none, or more than fit."
        return Problem(409, detail, stock=error.stock).response()

    @app.errorhandler(OutOfStockError)
    async def out_of_stock(error: OutOfStockError) -> Response:
        line = error.line
        return Problem(
            409,
            f"Only {error.available} of {line.product_id} available, {line.quantity} wanted.",
            kind=OUT_OF_STOCK,
            product_id=line.product_id,
            wanted=line.quantity,
            available=error.available,
        ).response()

    @app.errorhandler(CatalogueFileError)
    async def file(error: CatalogueFileError) -> Response:
        detail = f"The file has {len(error.mistakes) + error.more} mistakes; nothing was imported."
        return Problem(422, detail, errors=[asdict(one) for one in error.mistakes], more=error.more).response()

    async def answer(error: Exception) -> Response:
        return plain[type(error)].response()

    for kind in plain:
        app.register_error_handler(kind, answer)


def install_database_problems(app: Quart) -> None:
    """A database that is away or busy is no mistake of this service: come again."""

    @app.errorhandler(OSError)  # also the TimeoutError of a statement
    @app.errorhandler(sqlalchemy.exc.TimeoutError)
    async def busy(error: Exception) -> Response:
        # the class only: messages of database drivers can hold the connection string
        structlog.stdlib.get_logger(__name__).warning("database unavailable", error=type(error).__name__)
        return Problem(503, "The catalogue is busy; try again shortly.", headers={"Retry-After": "1"}).response()

    @app.errorhandler(sqlalchemy.exc.DBAPIError)
    async def failed(error: sqlalchemy.exc.DBAPIError) -> Response:
        return await busy(error) if is_transient(error) else to_problem(error).response()
