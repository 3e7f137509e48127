"""The demo catalogue."""

import json
from importlib import resources

from chassis.database import create_engine
from product_api import forms
from product_api.catalogue import Catalogue
from product_api.domain import Product, ProductExistsError


def demo_products() -> list[Product]:
    """The products of demo_catalogue.json, checked like those of any client."""
    text = resources.files("product_api").joinpath("demo_catalogue.json").read_text("utf-8")
    return [forms.product(item) for item in json.loads(text)]


async def seed(url: str) -> int:
    """Add the demo products that are missing; return how many. Existing ones are left as they are."""
    engine = create_engine(url, "product-api-seed")
    catalogue, added = Catalogue(engine), 0
    try:
        for product in demo_products():
            try:
                await catalogue.add(product)
            except ProductExistsError:
                continue
            added += 1
    finally:
        await engine.dispose()
    return added
