"""python -m product_api.smoke --url …: whether a running version keeps the catalogue's contract."""

import sys

from chassis.contract import Client, describes, healthy, is_version, lists_products, refuses, run


def knows_what_it_lacks(client: Client) -> None:
    """A product that is not there is a problem document."""
    refuses(client.get("/api/products/no-such-product"), 404)


def guards_stock(client: Client) -> None:
    """Nobody without a token takes stock."""
    lines = [{"product_id": "no-such-product", "quantity": 1}]
    refuses(client.post("/api/reservations", {"order_id": "smoke-test", "lines": lines}), 401)


CHECKS = {
    "health": healthy,
    "version": is_version("product-api"),
    "openapi": describes("/api/products", "/api/products/{product_id}", "/api/reservations"),
    "listing": lists_products,
    "unknown product": knows_what_it_lacks,
    "reservation": guards_stock,
}

if __name__ == "__main__":
    sys.exit(run(CHECKS))
