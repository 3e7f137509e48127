"""Who may do what."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from product_calls import bearer
from quart.typing import TestClientProtocol as Client

from chassis.settings import SettingsError
from chassis.tokens import DEVELOPMENT_KEYS
from product_api.app import create_app
from product_api.settings import Settings

STAFF_ONLY = [
    ("POST", "/api/products"),
    ("PUT", "/api/products/desk-lamp"),
    ("DELETE", "/api/products/desk-lamp"),
    ("POST", "/api/products/desk-lamp/stock"),
    ("POST", "/api/products/import"),
]
ORDERS_ONLY = [("POST", "/api/reservations"), ("DELETE", "/api/reservations/order-1")]


def forged(**claims: Any) -> dict[str, str]:
    now = int(time.time())
    whole = {"iss": "frontend", "aud": "product-api", "sub": "ada", "iat": now, "exp": now + 60, **claims}
    kept = {name: value for name, value in whole.items() if value is not None}
    return {"Authorization": f"Bearer {jwt.encode(kept, DEVELOPMENT_KEYS['frontend'], 'HS256')}"}


# made when the test runs: a token is good for a minute
NOBODY: dict[str, tuple[Callable[[], dict[str, str]], str]] = {
    "none": (dict, "This needs a signed token"),
    "password": (lambda: {"Authorization": "Basic YWRhOmFkYQ=="}, "This needs a signed token"),
    "malformed": (lambda: {"Authorization": "Bearer x.y.z"}, "The token is not valid"),
    "expired": (lambda: bearer("frontend", "ada", clock=lambda: time.time() - 3600), "The token has expired"),
    "for another service": (lambda: forged(aud="order-api"), "The token is for another service"),
    "in another name": (lambda: forged(iss="order-api"), "The token is not valid"),
    "of a stranger": (lambda: forged(iss="mallory"), "The token is not valid"),
    "endless": (lambda: forged(exp=None), "The token is not valid"),
    "from tomorrow": (lambda: forged(iat=int(time.time()) + 86400), "The token is not valid"),
    "unsigned": (
        lambda: {"Authorization": "Bearer " + jwt.encode({"iss": "frontend", "sub": "ada"}, None, "none")},
        "The token is not valid",
    ),
}


@pytest.mark.parametrize(("method", "path"), STAFF_ONLY + ORDERS_ONLY)
@pytest.mark.parametrize(("headers", "detail"), NOBODY.values(), ids=NOBODY)
async def test_without_a_good_token_nothing_is_written(
    client: Client, method: str, path: str, headers: Callable[[], dict[str, str]], detail: str
) -> None:
    answer = await client.open(path, method=method, headers=headers())

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await answer.get_json(force=True))["detail"].startswith(detail)


@pytest.mark.parametrize(("method", "path"), STAFF_ONLY)
@pytest.mark.parametrize("caller", [("frontend", ""), ("order-api", ""), ("order-api", "ada")])
async def test_only_staff_change_the_catalogue(client: Client, method: str, path: str, caller: tuple[str, str]) -> None:
    assert (await client.open(path, method=method, headers=bearer(*caller))).status_code == 403


@pytest.mark.parametrize(("method", "path"), ORDERS_ONLY)
async def test_only_orders_reserve(client: Client, staff: dict[str, str], method: str, path: str) -> None:
    assert (await client.open(path, method=method, headers=staff)).status_code == 403


async def test_a_token_is_not_asked_of_readers(client: Client) -> None:
    for path in ("/api/products", "/api/categories", "/openapi.json", "/docs"):
        assert (await client.get(path, headers={"Authorization": "Bearer x"})).status_code == 200


async def test_clocks_may_differ_a_little(client: Client, lamp: dict[str, Any]) -> None:
    for number, ahead in enumerate((-80, 20)):
        headers = bearer("frontend", "ada", clock=lambda ahead=ahead: time.time() + ahead)
        body = {**lamp, "id": f"lamp-{number}"}
        assert (await client.post("/api/products", json=body, headers=headers)).status_code == 201


@pytest.mark.parametrize("keys", [None, {}, {"frontend": (DEVELOPMENT_KEYS["frontend"],)}])
def test_outside_of_development_keys_are_secret(keys: dict[str, tuple[str, ...]] | None) -> None:
    settings = Settings(database_url="sqlite+aiosqlite:///unused.db", environment="production", caller_keys=keys)
    with pytest.raises(SettingsError, match="TECHCOMMERCE_CALLER_KEYS"):
        create_app(settings)
