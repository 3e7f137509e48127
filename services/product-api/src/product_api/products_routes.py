"""/api/products and /api/categories."""

from dataclasses import asdict
from typing import Any

from quart import Blueprint, Response, current_app, jsonify, request

from chassis.body import json_body
from product_api import forms
from product_api.catalogue import Catalogue
from product_api.cursor import encode
from product_api.domain import ID, UnknownProductError

CATALOGUE = "catalogue"
blueprint = Blueprint("products", __name__, url_prefix="/api")


def catalogue() -> Catalogue:
    """The catalogue of the running application."""
    found: Catalogue = current_app.extensions[CATALOGUE]
    return found


@blueprint.get("/products")
async def list_products() -> Response:
    """One page: {"items": […], "next_cursor": text or null}."""
    query = forms.query(request.args.to_dict())
    page = await catalogue().list(query)
    cursor = encode(page.next, query.sort) if page.next else None
    return await _cacheable({"items": [asdict(product) for product in page.products], "next_cursor": cursor})


@blueprint.get("/categories")
async def list_categories() -> Response:
    """Every category with its number of products."""
    found = await catalogue().categories()
    return await _cacheable({"items": [{"name": name, "products": count} for name, count in found.items()]})


@blueprint.get("/products/<product_id>")
async def get_product(product_id: str) -> Response:
    """One product."""
    return await _cacheable(asdict(await catalogue().get(_valid(product_id))))


@blueprint.post("/products")
async def create_product() -> tuple[Response, int, dict[str, str]]:
    """Create; 409 when the id is taken."""
    product = forms.product(await json_body())
    await catalogue().add(product)
    return jsonify(asdict(product)), 201, {"Location": f"/api/products/{product.id}"}


@blueprint.put("/products/<product_id>")
async def replace_product(product_id: str) -> Response:
    """Overwrite every field of an existing product."""
    product = forms.product(await json_body(), _valid(product_id))
    await catalogue().replace(product)
    return jsonify(asdict(product))


@blueprint.delete("/products/<product_id>")
async def delete_product(product_id: str) -> tuple[str, int]:
    """Delete; orders keep their own copy of name and price."""
    await catalogue().remove(_valid(product_id))
    return "", 204


def _valid(product_id: str) -> str:
    if not ID.fullmatch(product_id):
        raise UnknownProductError(product_id)
    return product_id


async def _cacheable(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-cache"  # stock changes at any time: keep, but ask again
    await response.add_etag()
    await response.make_conditional(request)
    return response
