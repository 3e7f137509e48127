"""The gateway keeps what its document promises, whatever is sent."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

import aiohttp
from openapi_spec_validator import validate
from testing.process import started
from testing.server import running
from visitor import hidden

import order_api.app
import order_api.settings
import product_api.app
import product_api.settings
from chassis.migration import migrate
from frontend.app import create_app
from frontend.settings import Settings
from product_api.seed import demo_products, seed

CONFIG = """
max-failures = 20
[generation]
max-examples = 8
[checks]
# what a made-up cursor, key or product leads to is for the APIs to say; their own tests look at it
positive_data_acceptance.enabled = false
negative_data_rejection.enabled = false
# the gateway lets through what the APIs name; several of its paths share a route
unsupported_method.enabled = false
allow_header_conformance.enabled = false
missing_required_header.expected-statuses = [400, 403, 412, 422, 428]
# cookies are for staff; some of what they open is open to everybody
ignored_auth.enabled = false
[[operations]]
include-path-regex = "^/api/"
headers = {{ Cookie = "{cookies}", X-CSRF-Token = "{token}" }}
"""
MOST_SECONDS = 240.0  # 15 on a machine that does nothing else
DOCUMENT: dict[str, Any] = json.loads(resources.files("frontend").joinpath("openapi.json").read_text())


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


async def logged_in(url: str) -> tuple[str, str]:
    """The cookies of a member of staff, and the token of the session."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(f"{url}/staff/login") as answer:
            token = hidden(await answer.text(), "csrf")
        form = {"csrf": token, "name": "staff", "password": "staff"}
        async with session.post(f"{url}/staff/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        async with session.get(f"{url}/staff/products/new") as answer:
            token = hidden(await answer.text(), "csrf")
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in session.cookie_jar), token


@contextlib.asynccontextmanager
async def real_shop(folder: Path) -> AsyncIterator[str]:
    """The URL of a frontend in front of the real APIs on SQLite."""
    products, orders = (f"sqlite+aiosqlite:///{folder}/{name}.db" for name in ("products", "orders"))
    await migrate(products, "product_api")
    await seed(products, demo_products())
    await migrate(orders, "order_api")
    own = {"environment": "development"}
    product_settings = product_api.settings.Settings(database_url=products, **own)
    async with running(product_api.app.create_app(product_settings)) as product_url:
        order_settings = order_api.settings.Settings(database_url=orders, product_api_url=product_url, **own)
        async with running(order_api.app.create_app(order_settings)) as order_url:
            limits = {"rate_limit_per_second": 10_000.0, "rate_limit_burst": 100_000}
            settings = Settings(product_api_url=product_url, order_api_url=order_url, **own, **limits)
            async with running(create_app(settings)) as url:
                yield url


async def test_hostile_requests_get_documented_answers(tmp_path: Path) -> None:
    async with real_shop(tmp_path) as url:
        cookies, token = await logged_in(url)
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG.format(cookies=cookies.replace('"', '\\"'), token=token))
        arguments = ("--config-file", str(config), "run", f"{url}/openapi.json", "--seed", "1")
        async with started("-m", "schemathesis.cli", *arguments) as process, asyncio.timeout(MOST_SECONDS):
            out, err = await process.communicate()

    assert process.returncode == 0, (out + err).decode()
