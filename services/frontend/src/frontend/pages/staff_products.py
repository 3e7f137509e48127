"""Products for staff: list, create, change, delete, stock."""

from typing import Any

from quart import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from frontend.money import SYMBOLS
from frontend.pages.staff import guard, staff_name
from frontend.pages.upstreams import catalogue, navigation
from frontend.product_form import ProductForm, whole_number
from frontend.products import Product
from frontend.refusal import RefusedError

PAGE_SIZE = "50"
MOST_CHANGE = 100_000
STALE = 412
FIELDS = {"price_cents": "price"}  # where an error of product-api is shown
COMPARED = {"name": "Name", "description": "Description", "category": "Category", "price": "Price"}
blueprint = Blueprint("staff_products", __name__, url_prefix="/staff/products")
guard(blueprint)


@blueprint.get("")
async def overview() -> str:
    """All products, by name or found."""
    chosen = {name: request.args[name].strip() for name in ("q", "category", "cursor") if request.args.get(name)}
    listing = await catalogue().listing({**chosen, "limit": PAGE_SIZE})
    return await render_template("staff/products.html", listing=listing, chosen=chosen)


@blueprint.get("/new")
async def blank() -> str:
    """The empty form."""
    return await _form(ProductForm())


@blueprint.post("")
async def create() -> tuple[str, int] | Redirect:
    """Add a product."""
    form = ProductForm.of(await request.form)
    errors = form.errors(new=True)
    if errors:
        return await _form(form, errors=errors), 422
    try:
        made = await catalogue().create(form.body(new=True), staff_name())
    except RefusedError as error:
        return await _refused(error, form)
    await _changed(f"{made.name} is in the catalogue.")
    return redirect(url_for("staff_products.show", product_id=made.id), 303)


@blueprint.get("/<product_id>")
async def show(product_id: str) -> str:
    """A product's form and its stock."""
    product = await catalogue().product(product_id)
    return await _form(ProductForm.showing(product), product)


@blueprint.post("/<product_id>")
async def replace(product_id: str) -> tuple[str, int] | Redirect:
    """Change a product, unless somebody else has changed it since the form was opened."""
    sent = await request.form
    form, product = ProductForm.of(sent), await catalogue().product(product_id)
    errors = form.errors(new=False)
    if errors:
        return await _form(form, product, errors=errors, version=sent.get("version")), 422
    try:
        await catalogue().replace(product_id, _version(sent.get("version", "")), form.body(new=False), staff_name())
    except RefusedError as error:
        return await _refused(error, form, product)
    await _changed("Your changes are saved.")
    return redirect(url_for("staff_products.show", product_id=product_id), 303)


@blueprint.post("/<product_id>/stock")
async def stock(product_id: str) -> tuple[str, int] | Redirect:
    """Add to the stock or take from it."""
    sent = await request.form
    product = await catalogue().product(product_id)
    change, reason = whole_number(sent.get("change", "")), " ".join(sent.get("reason", "").split())[:200]
    errors = {}
    if not change or abs(change) > MOST_CHANGE:
        errors["change"] = f"Please use a whole number from -{MOST_CHANGE:,} to {MOST_CHANGE:,}, other than 0."
    if not reason:
        errors["reason"] = "Say why, for who counts next."
    if change and not errors:
        try:
            await catalogue().change_stock(product_id, change, reason, staff_name())
        except RefusedError as error:
            errors["change"] = error.detail
    if errors:
        shown = ProductForm.showing(product)
        return await _form(shown, product, errors=errors, stock=sent.to_dict()), 422
    await _changed(f"Stock changed by {change:+}.")
    return redirect(url_for("staff_products.show", product_id=product_id), 303)


@blueprint.post("/<product_id>/delete")
async def delete(product_id: str) -> str | tuple[str, int] | Redirect:
    """Ask, then delete."""
    sent = await request.form
    product = await catalogue().product(product_id)
    if not sent.get("confirmed"):
        return await render_template(
            "confirm.html",
            title=f"Delete {product.name}?",
            detail="It disappears from the shop at once. Orders keep what they need.",
            action="Delete this product",
            back=url_for("staff_products.show", product_id=product_id),
            fields={"version": sent.get("version", "")},
        )
    try:
        await catalogue().remove(product_id, _version(sent.get("version", "")), staff_name())
    except RefusedError as error:
        return await _refused(error, ProductForm.showing(product), product)
    await _changed(f"{product.name} is deleted.")
    return redirect(url_for("staff_products.overview"), 303)


async def _refused(error: RefusedError, form: ProductForm, product: Product | None = None) -> tuple[str, int]:
    if error.status == STALE and product:
        current = await catalogue().product(product.id)
        theirs = ProductForm.showing(current)
        differences = {
            title: getattr(theirs, name)
            for name, title in COMPARED.items()
            if getattr(theirs, name) != getattr(form, name)
        }
        return await _form(form, current, differences=differences, conflict=True), 409
    errors = {FIELDS.get(name, name): detail for name, detail in error.errors.items()}
    return await _form(form, product, errors=errors, message=error.detail), error.status


async def _form(form: ProductForm, product: Product | None = None, **more: Any) -> str:
    names = [category.name for category in await navigation().categories()]
    shown = {"errors": {}, "stock": {}, "message": "", "differences": {}, "conflict": False, **more}
    version = shown.pop("version", None) or (product.version if product else "")
    return await render_template(
        "staff/product.html", form=form, product=product, names=names, currencies=SYMBOLS, version=version, **shown
    )


async def _changed(message: str) -> None:
    await navigation().forget()
    await flash(message)


def _version(text: str) -> str:
    # what is no number matches no version, so product-api refuses it as stale
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else "0"
