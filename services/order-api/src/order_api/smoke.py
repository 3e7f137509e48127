"""python -m order_api.smoke --url …: whether a running version keeps the contract of orders."""

import sys

from chassis.contract import Client, describes, healthy, is_version, refuses, run

CUSTOMER = {"name": "Smoke Test", "email": "smoke@techcommerce.example"}


def refuses_empty_orders(client: Client) -> None:
    """An order is read and validated, and none is made: it has no lines."""
    answer = client.post("/api/orders", {"customer": CUSTOMER, "lines": []}, Idempotency_Key="smoke-test")
    refuses(answer, 422)
    if "lines" not in answer.text():
        raise answer.wrong("it does not say that the lines are missing")


def wants_a_key(client: Client) -> None:
    """Without an Idempotency-Key nothing could be repeated, so nothing is begun."""
    refuses(client.post("/api/orders", {"customer": CUSTOMER, "lines": []}), 400)


def knows_what_it_lacks(client: Client) -> None:
    """Orders that nobody placed are problem documents."""
    for number in ("TC-000000-000000", "no-such-order"):
        refuses(client.get(f"/api/orders/{number}"), 404)


CHECKS = {
    "health": healthy,
    "version": is_version("order-api"),
    "openapi": describes("/api/orders", "/api/orders/{number}"),
    "validation": refuses_empty_orders,
    "idempotency key": wants_a_key,
    "unknown order": knows_what_it_lacks,
}

if __name__ == "__main__":
    sys.exit(run(CHECKS))
