"""Staff moves orders on and works through the queue."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from catalogue_stand_in import Shelf
from order_requests import ADA, cancel, move, place, queue, show, token
from quart.typing import TestClientProtocol as Client
from testing.process import until

STEPS = ("paid", "packed", "shipped", "delivered")


async def moved(client: Client, *steps: str, key: str = "key-00001", lamps: int = 1) -> dict[str, Any]:
    """A new order after these steps."""
    _, order = await place(client, key, lamp=lamps)
    for to in steps:
        status, order = await move(client, order["number"], to)
        assert (status, order["status"]) == (200, to)
    return order


async def test_an_order_is_fulfilled_step_by_step(client: Client) -> None:
    order = await moved(client, *STEPS)

    steps = [(event["status"], event["actor"]) for event in order["history"]]
    assert steps == [("placed", "customer"), *((step, "grace") for step in STEPS)]
    assert order["allowed"] == ["refunded"]
    times = [event["at"] for event in order["history"]]
    assert times == sorted(times)


async def test_staff_sees_what_the_public_does_not(client: Client) -> None:
    number = (await moved(client))["number"]
    _, for_staff = await move(client, number, "paid", note="by\ncheque")
    _, for_public = await show(client, number)

    assert (for_staff["customer"], for_public["customer"]) == (ADA, {"name": "Ada Lovelace"})
    assert [(event["actor"], event["note"]) for event in for_staff["history"]] == [
        ("customer", ""),
        ("grace", "by\ncheque"),
    ]
    assert [{**event, "at": ""} for event in for_public["history"]] == [
        {"status": "placed", "at": "", "actor": "customer"},
        {"status": "paid", "at": "", "actor": "staff"},
    ]
    assert (for_staff["allowed"], for_public["allowed"]) == (["packed", "refunded"], ["refunded"])
    assert await show(client, number, staff="grace") == (200, for_staff)


async def test_answers_for_staff_and_public_are_not_mixed_up_by_caches(client: Client) -> None:
    number = (await moved(client))["number"]
    answers = [await client.get(f"/api/orders/{number}", headers=headers) for headers in ({}, token("grace"))]

    assert answers[0].headers["ETag"] != answers[1].headers["ETag"]
    assert {(answer.headers["Vary"], answer.headers["Cache-Control"]) for answer in answers} == {
        ("Authorization", "private, no-cache")
    }


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ((), "packed"),
        ((), "refunded"),
        (("paid",), "placed"),
        (("paid",), "cancelled"),
        (("paid", "packed", "shipped"), "cancelled"),
        (("paid", "packed", "shipped"), "refunded"),
        (("cancelled",), "paid"),
        (("paid", "refunded"), "packed"),
    ],
)
async def test_illegal_steps_are_refused_and_leave_no_trace(client: Client, path: tuple[str, ...], to: str) -> None:
    order = await moved(client, *path)
    status, problem = await move(client, order["number"], to)

    assert (status, problem["allowed"]) == (409, (await show(client, order["number"], "grace"))[1]["allowed"])
    assert problem["detail"] == f"An order that is {order['status']} cannot become {to}."
    assert len((await show(client, order["number"]))[1]["history"]) == len(path) + 1


@pytest.mark.parametrize("to", STEPS)
async def test_asking_twice_changes_nothing(client: Client, to: str) -> None:
    order = await moved(client, *STEPS[: STEPS.index(to) + 1])

    assert await move(client, order["number"], to, note="again") == (200, order)


@pytest.mark.parametrize(
    ("path", "back"),
    [
        (("cancelled",), True),
        (("paid", "refunded"), True),
        (("paid", "packed", "refunded"), True),
        (("paid", "packed", "shipped", "delivered", "refunded"), False),
    ],
)
async def test_stock_goes_back_unless_it_was_shipped(
    client: Client, shelf: Shelf, path: tuple[str, ...], back: bool
) -> None:
    first = await moved(client, *path, lamps=2)
    other = await moved(client, "cancelled", key="key-00002", lamps=1)

    async def second_returned() -> bool:
        return other["number"] in shelf.released

    await until(second_returned)  # tasks are done in their order, so the first one's would be as well
    assert (first["number"] in shelf.released, shelf.stock["lamp"]) == (back, 5 if back else 3)


async def test_of_different_steps_at_once_exactly_one_happens(client: Client) -> None:
    number = (await moved(client))["number"]
    wanted = ["paid", "cancelled"] * 6
    results = await asyncio.gather(*(move(client, number, to) for to in wanted))
    _, order = await show(client, number)

    winner = order["status"]
    assert [event["status"] for event in order["history"]] == ["placed", winner]
    assert [status for status, _ in results] == [200 if to == winner else 409 for to in wanted]


async def test_customer_and_staff_at_once_leave_one_history(client: Client) -> None:
    number = (await moved(client, "paid"))["number"]
    staff, customer = await asyncio.gather(move(client, number, "packed"), cancel(client, number))
    _, order = await show(client, number)

    legal = {
        "placed": {"paid"},
        "paid": {"packed", "refunded"},
    }
    steps = [event["status"] for event in order["history"]]
    assert all(after in legal[before] for before, after in pairwise(steps))
    assert {staff[0], customer[0]} == {200, 409}


async def test_the_queue_shows_open_orders_oldest_first_page_by_page(client: Client, shelf: Shelf) -> None:
    shelf.stock["lamp"] = 100
    numbers = [(await moved(client, key=f"key-{n:05}"))["number"] for n in range(7)]
    await move(client, numbers[1], "cancelled")
    await move(client, numbers[2], "paid")
    await place(client, "key-rejected", lamp=999)

    seen: list[str] = []
    status, page = await queue(client, limit=4)
    assert (status, len(page["items"])) == (200, 4)
    seen += [order["number"] for order in page["items"]]
    status, page = await queue(client, limit=4, cursor=page["next_cursor"])
    seen += [order["number"] for order in page["items"]]
    assert (seen, page["next_cursor"]) == ([numbers[0], *numbers[2:]], None)


async def test_the_queue_can_be_filtered_by_status(client: Client) -> None:
    numbers = [(await moved(client, key=f"key-{n:05}"))["number"] for n in range(4)]
    await move(client, numbers[3], "paid")
    _, paid = await move(client, numbers[1], "paid")

    _, first = await queue(client, status="paid", limit=1)
    _, second = await queue(client, status="paid", limit=1, cursor=first["next_cursor"])
    assert first["items"] == [paid]
    assert ([order["number"] for order in second["items"]], second["next_cursor"]) == ([numbers[3]], None)
    assert (await queue(client, status="shipped"))[1] == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"limit": "101"}, "/limit"),
        ({"limit": "\u0661"}, "/limit"),
        ({"limit": "9" * 5000}, "/limit"),
        ({"status": "pending"}, "/status"),
        ({"status": "paid' OR 1=1 --"}, "/status"),
        ({"cursor": "x"}, "/cursor"),
        ({"cursor": "bnVsbA"}, "/cursor"),
        ({"cursor": "WzEsMl0"}, "/cursor"),
        ({"cursor": "WyIwMDAxLTAxLTAxIiwiVEMtMDAwMDAwLTAwMDAwMCJd"}, "/cursor"),
        ({"page": "1"}, "/page"),
    ],
)
async def test_a_wrong_query_is_named(client: Client, query: dict[str, str], pointer: str) -> None:
    status, problem = await queue(client, **query)

    assert status == 422
    assert pointer in [error["pointer"] for error in problem["errors"]]
