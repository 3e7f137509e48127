"""/api/products and /api/categories."""

from quart import Blueprint, Response, request

from chassis.body import json_body
from chassis.tokens import caller_of_request
from product_api import forms
from product_api.answers import Answer, answer, document_of, kept, product_answer
from product_api.cursor import encode
from product_api.domain import ID
from product_api.entity_tag import versions_of
from product_api.errors import UnknownProductError
from product_api.shop import shop

STAFF = "frontend"  # the service that knows who is on the staff
blueprint = Blueprint("products", __name__, url_prefix="/api")


@blueprint.get("/products")
async def list_products() -> Response:
    """One page: {"items": […], "next_cursor": text or null}."""
    # by the query as it was written: what is kept was understood once, and need not be again
    return (await kept(shop().caches.listings, request.query_string.decode("latin-1"), _listing)).revalidated()


@blueprint.get("/categories")
async def list_categories() -> Response:
    """Every category with its number of products."""
    return (await kept(shop().caches.categories, "all", _categories)).revalidated()


@blueprint.get("/products/<product_id>")
async def get_product(product_id: str) -> Response:
    """One product."""

    async def product() -> Answer:
        return product_answer(await shop().catalogue.get(valid(product_id)))

    return (await kept(shop().caches.products, product_id, product)).revalidated()


@blueprint.post("/products")
async def create_product() -> Response:
    """Create; 409 when the id is taken."""
    caller_of_request(STAFF, staff=True)
    created = await shop().catalogue.add(forms.new_product(await json_body()))
    await _changed(created.id, "created")
    return product_answer(created).response(201, Location=f"/api/products/{created.id}")


@blueprint.put("/products/<product_id>")
async def change_product(product_id: str) -> Response:
    """Overwrite the content of a product; 412 when it is not as the client has seen it."""
    caller_of_request(STAFF, staff=True)
    versions = versions_of(request.headers.get("If-Match"))
    changed = await shop().catalogue.change(valid(product_id), forms.content(await json_body()), versions)
    await _changed(product_id, "changed")
    return product_answer(changed).response()


@blueprint.delete("/products/<product_id>")
async def delete_product(product_id: str) -> tuple[str, int]:
    """Delete; orders keep their own copy of name and price."""
    caller_of_request(STAFF, staff=True)
    await shop().catalogue.remove(valid(product_id), versions_of(request.headers.get("If-Match")))
    await _changed(product_id, "deleted")
    return "", 204


@blueprint.post("/products/<product_id>/stock")
async def change_stock(product_id: str) -> Response:
    """Add or take pieces; 409 when there would be less than none."""
    caller = caller_of_request(STAFF, staff=True)
    change, reason = forms.stock_change(await json_body())
    changed = await shop().stock.change(valid(product_id), change, reason, caller.subject)
    await _changed(product_id, "stock")
    return product_answer(changed).response()


def valid(product_id: str) -> str:
    """An id that a product could have, else UnknownProductError."""
    if not ID.fullmatch(product_id):
        raise UnknownProductError(product_id)
    return product_id


async def _listing() -> Answer:
    query = forms.query(request.args.lists())
    page = await shop().catalogue.list(query)
    cursor = encode(page.next, query.sort) if page.next else None
    return answer({"items": [document_of(product) for product in page.products], "next_cursor": cursor})


async def _categories() -> Answer:
    found = await shop().catalogue.categories()
    shop().counts.products(found)
    return answer({"items": [{"name": name, "products": number} for name, number in found.items()]})


async def _changed(product_id: str, change: str) -> None:
    shop().counts.change(change)
    await shop().caches.forget(product_id)
