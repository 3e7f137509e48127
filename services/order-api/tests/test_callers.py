"""Who may do what, and what clocks that differ do to tokens."""

import time

import jwt
import pytest
from order_requests import place, token
from quart.typing import TestClientProtocol as Client

from chassis.tokens import DEVELOPMENT_KEYS

UNKNOWN = "/api/orders/TC-000000-000000"
OTHER_KEY = "a key that nobody was ever given, long enough"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Who calls is no matter of the database."""
    return sqlite_url


def forged(key: str = DEVELOPMENT_KEYS["frontend"], algorithm: str = "HS256", **claims: object) -> dict[str, str]:
    now = int(time.time())
    whole = {"iss": "frontend", "aud": "order-api", "sub": "grace", "iat": now, "exp": now + 60, **claims}
    present = {name: value for name, value in whole.items() if value is not None}
    return {"Authorization": f"Bearer {jwt.encode(present, key or None, algorithm)}"}


BAD = {
    "nothing": {"Authorization": ""},
    "another scheme": {"Authorization": "Basic Z3JhY2U6aG9wcGVy"},
    "no token": {"Authorization": "Bearer"},
    "noise": {"Authorization": "Bearer a.b.c"},
    "another key": forged(OTHER_KEY),
    "no signature": forged("", "none"),
    "another audience": forged(aud="product-api"),
    "an unknown service": forged(iss="backend"),
    "no expiry": forged(exp=None),
    "a subject that is no text": {"Authorization": "Bearer " + "A" * 20_000},
}


@pytest.mark.parametrize("headers", BAD.values(), ids=BAD)
async def test_a_bad_token_opens_nothing_not_even_what_needs_none(client: Client, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/api/orders"), ("GET", UNKNOWN), ("POST", f"{UNKNOWN}/cancel")):
        answer = await client.open(path, method=method, headers=headers)
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_without_a_member_of_staff_there_is_no_queue_and_no_step(client: Client) -> None:
    _, order = await place(client, lamp=1)
    step = f"/api/orders/{order['number']}/transitions"

    for headers, expected in (({}, 401), (token(), 403), (token("grace", service="order-api"), 401)):
        assert (await client.get("/api/orders", headers=headers)).status_code == expected
        assert (await client.post(step, json={"to": "paid"}, headers=headers)).status_code == expected
    public = await client.get(f"/api/orders/{order['number']}", headers=token())
    assert await public.get_json() == order


@pytest.mark.parametrize(
    ("skew", "status"), [(-85, 200), (-95, 401), (0, 200), (25, 200), (35, 401)], ids=lambda value: str(value)
)
async def test_clocks_may_differ_by_half_a_minute(client: Client, skew: int, status: int) -> None:
    # a token is good for 60 s, so one signed 85 s ago has been expired for 25
    headers = token("grace", clock=lambda: time.time() + skew)

    assert (await client.get("/api/orders", headers=headers)).status_code == status
