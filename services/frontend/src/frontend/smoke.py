"""python -m frontend.smoke --url …: whether a running version shows a shop and passes calls on."""

import re
import sys

from chassis.contract import Client, describes, healthy, is_version, lists_products, refuses, run

CUSTOMER = {"name": "Smoke Test", "email": "smoke@techcommerce.example"}
PRODUCT = re.compile(r'data-product-id="([^"]+)"')


def shows_products(client: Client) -> None:
    """The first page is a page with products, and one of them has a page of its own."""
    page = client.get("/").expect(200, "text/html")
    shown = PRODUCT.findall(page.text())
    if not shown:
        raise page.wrong("a page without products")
    product = client.get(f"/products/{shown[0]}").expect(200, "text/html")
    if shown[0] not in PRODUCT.findall(product.text()):
        raise product.wrong(f"not the page of {shown[0]}")


def refuses_empty_orders(client: Client) -> None:
    """An order gets to the API that validates it, and none is made: it has no lines."""
    refuses(client.post("/api/orders", {"customer": CUSTOMER, "lines": []}, Idempotency_Key="smoke-test"), 422)


CHECKS = {
    "health": healthy,
    "version": is_version("frontend"),
    "openapi": describes("/api/products", "/api/orders"),
    "pages": shows_products,
    "gateway": lists_products,
    "order": refuses_empty_orders,
}

if __name__ == "__main__":
    sys.exit(run(CHECKS))
