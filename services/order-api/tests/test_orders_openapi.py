"""The service does what its document says, and nothing else; hostile requests included."""

import json
import time
from importlib import resources
from pathlib import Path
from typing import Any

import jwt
import pytest
from catalogue_stand_in import Shelf
from openapi_spec_validator import validate
from order_requests import place
from quart import Quart
from quart.typing import TestClientProtocol as Client
from testing.openapi import documented, served
from testing.process import finished
from testing.server import running

from chassis.tokens import DEVELOPMENT_KEYS
from order_api.app import create_app
from order_api.settings import Settings

CONFIG = """
max-failures = 20
headers = {{ Authorization = "Bearer {staff}" }}
[generation]
max-examples = 6
[checks]
# cursors that were made up, orders of products that are not there and steps out of turn: no schema can say so
positive_data_acceptance.enabled = false
[[operations]]
include-path-regex = "(cancel|transitions)$"
parameters = {{ "path.number" = "{number}" }}
"""
DOCUMENT: dict[str, Any] = json.loads(resources.files("order_api").joinpath("openapi.json").read_text())


def lasting() -> str:
    """A token that is good for as long as the requests take."""
    now = int(time.time())
    claims = {"iss": "frontend", "aud": "order-api", "sub": "grace", "iat": now, "exp": now + 3600}
    return jwt.encode(claims, DEVELOPMENT_KEYS["frontend"], "HS256")


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_route_is_documented_and_every_documented_route_is_there(app: Quart) -> None:
    assert served(app) == documented(DOCUMENT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_document_and_its_page_are_served(client: Client) -> None:
    assert await (await client.get("/openapi.json")).get_json() == DOCUMENT
    page = await client.get("/docs")
    assert (page.status_code, "<script" in await page.get_data(as_text=True)) == (200, False)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # which is stricter about what it takes
async def test_hostile_requests_get_documented_answers(settings: Settings, shelf: Shelf, tmp_path: Path) -> None:
    app = create_app(settings)
    async with running(app) as url:
        _, order = await place(app.test_client(), lamp=1)
        config = tmp_path / "schemathesis.toml"
        config.write_text(CONFIG.format(staff=lasting(), number=order["number"]))
        command = "-m", "schemathesis.cli", "--config-file", str(config), "run", f"{url}/openapi.json", "--seed", "1"
        code, out, err = await finished(*command)

    assert code == 0, out + err
