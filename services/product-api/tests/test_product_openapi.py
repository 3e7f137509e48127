"""The service does what its document says, and nothing else; hostile requests included."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, STDOUT
from importlib import resources
from pathlib import Path
from typing import Any

import jwt
import pytest
from openapi_spec_validator import validate
from product_calls import settings
from quart import Quart
from quart.typing import TestClientProtocol as Client
from testing.openapi import documented, served
from testing.server import running

from chassis.migration import migrate
from chassis.tokens import DEVELOPMENT_KEYS
from product_api.app import create_app
from product_api.seed import demo_products, seed

CONFIG = """
max-failures = 20
[generation]
max-examples = 12
[checks]
# a cursor that was made for another listing is refused, and so is one that was made up: no schema can say so
positive_data_acceptance.enabled = false
missing_required_header.expected-statuses = [401, 428]
[[operations]]
include-path-regex = "^/api/products"
headers = {{ Authorization = "Bearer {staff}" }}
# the router sees a product's id in the last word, which other methods could be for
checks.allow_header_conformance.enabled = false
[[operations]]
include-path-regex = "^/api/reservations"
headers = {{ Authorization = "Bearer {orders}" }}
"""
DOCUMENT: dict[str, Any] = json.loads(resources.files("product_api").joinpath("openapi.json").read_text())


def lasting(service: str, subject: str = "") -> str:
    """A token that is good for as long as the requests take."""
    now = int(time.time())
    claims = {"iss": service, "aud": "product-api", "sub": subject, "iat": now, "exp": now + 3600}
    return jwt.encode(claims, DEVELOPMENT_KEYS[service], "HS256")


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


async def test_every_route_is_documented_and_every_documented_route_is_there(app: Quart) -> None:
    assert served(app) == documented(DOCUMENT)


async def test_the_document_and_its_page_are_served(client: Client) -> None:
    assert await (await client.get("/openapi.json")).get_json() == DOCUMENT
    page = await client.get("/docs")
    assert (page.status_code, "<script" in await page.get_data(as_text=True)) == (200, False)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # which is stricter about what it takes
async def test_hostile_requests_get_documented_answers(database_url: str, tmp_path: Path) -> None:
    await migrate(database_url, "product_api")
    await seed(database_url, demo_products())
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(staff=lasting("frontend", "ada"), orders=lasting("order-api")))
    async with running(create_app(settings(database_url))) as url:
        arguments = ("--config-file", str(config), "run", f"{url}/openapi.json", "--seed", "1")
        code, out = await schemathesis(tmp_path, *arguments)

    assert code == 0, out


async def schemathesis(folder: Path, *arguments: str) -> tuple[int | None, str]:
    """Exit code and output; it leaves files in its working directory."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", *arguments, cwd=folder, stdout=PIPE, stderr=STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()
