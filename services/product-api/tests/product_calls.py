"""How the tests call the product API."""

from typing import Any

from quart.typing import TestClientProtocol as Client

from chassis.tokens import DEVELOPMENT_KEYS, Signer
from product_api.settings import Settings


def settings(database_url: str, **more: Any) -> Settings:
    """Settings of a developer, with answers kept for a minute: a test would see one that is not forgotten in time."""
    return Settings(**{"database_url": database_url, "environment": "development", "cache_seconds": 60.0, **more})


def bearer(service: str, subject: str = "", **options: Any) -> dict[str, str]:
    """The header of a call by this service."""
    token = Signer(service, DEVELOPMENT_KEYS[service], **options).token("product-api", subject)
    return {"Authorization": f"Bearer {token}"}


async def names(client: Client, **query: str) -> list[str]:
    """All names of a listing, page by page."""
    found: list[str] = []
    while True:
        answer = await client.get("/api/products", query_string=query)
        assert answer.status_code == 200, await answer.get_data(as_text=True)
        page: dict[str, Any] = await answer.get_json()
        found += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]
