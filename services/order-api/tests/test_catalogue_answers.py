"""Whatever the product API says, no order is placed on a wrong answer and none is lost by one."""

import json

import pytest
from catalogue_stand_in import Shelf, Trouble, answering
from order_requests import place, queue
from quart import Quart
from quart.typing import TestClientProtocol as Client

LINE = {"product_id": "lamp", "quantity": 1, "name": "Lamp", "unit_price_cents": 500, "currency": "EUR"}


def lines(**change: object) -> Trouble:
    return answering(200, json.dumps({"lines": [{**LINE, **change}]}))


UNUSABLE = {
    "no JSON": answering(200, "<html>"),
    "a list": answering(200, "[]"),
    "no lines": answering(200, "{}"),
    "null for lines": answering(200, '{"lines": null}'),
    "texts for lines": answering(200, '{"lines": ["lamp"]}'),
    "another product": lines(product_id="torch"),
    "another quantity": lines(quantity=2),
    "nothing": answering(200, '{"lines": []}'),
    "a price that is text": lines(unit_price_cents="500"),
    "a price that is true": lines(unit_price_cents=True),
    "a price below zero": lines(unit_price_cents=-1),
    "half a cent": lines(unit_price_cents=0.5),
    "no currency": lines(currency=""),
    "no name": lines(name=None),
    "too much": lines(discount=1),
    "a redirect": answering(302),
    "not for us": answering(401, '{"status": 401, "detail": "no"}'),
    "not there": answering(404, '{"status": 404, "detail": "no"}'),
    "an error": answering(500, '{"status": 500, "detail": "no"}'),
    "a conflict without a reason": answering(409, "{}"),
    "a conflict that is a page": answering(409, "<html>", "text/html"),
    "a refusal of another status": answering(422, '{"status": 400, "detail": "no"}'),
}


@pytest.mark.parametrize("trouble", UNUSABLE.values(), ids=UNUSABLE)
async def test_an_unusable_answer_decides_nothing(client: Client, shelf: Shelf, trouble: Trouble) -> None:
    shelf.instead.append(trouble)
    status, problem = await place(client, lamp=1)
    assert (status, problem["title"]) == (503, "Service Unavailable")
    assert (await queue(client))[1]["items"] == []

    assert (await place(client, lamp=1))[0] == 200
    assert shelf.stock["lamp"] == 4


async def test_a_lost_answer_reserves_once(client: Client, shelf: Shelf) -> None:
    shelf.lost.append(answering(502))
    status, order = await place(client, lamp=2)

    assert (status, order["status"], shelf.stock["lamp"]) == (201, "placed", 3)
    assert shelf.calls == ["POST /api/reservations"] * 2


@pytest.mark.parametrize("status", [410, 422])
async def test_a_refusal_with_a_reason_is_passed_on_without_what_it_should_not_say(
    client: Client, shelf: Shelf, status: int
) -> None:
    said = {
        "status": status,
        "detail": "Not this.",
        "title": "Gone",
        "instance": "pod-7",
        "headers": {"Set-Cookie": "a"},
    }
    shelf.instead.append(answering(status, json.dumps(said), "application/problem+json"))

    assert await place(client, lamp=1) == (
        409,
        {
            "type": "urn:techcommerce:problem:order-rejected",
            "title": "Conflict",
            "status": 409,
            "detail": "Not this.",
        },
    )


async def test_a_dead_catalogue_is_not_asked_by_every_request(app: Quart, client: Client, shelf: Shelf) -> None:
    shelf.instead += [answering(503)] * 100
    statuses = [(await place(client, f"key-{n:05}", lamp=1))[0] for n in range(6)]
    metrics = await (await client.get("/metrics")).get_data(as_text=True)

    assert statuses == [503] * 6
    assert len(shelf.calls) < 18, "three tries each without a breaker"
    assert 'techcommerce_upstream_breaker_open{upstream="product-api"} 1.0' in metrics
