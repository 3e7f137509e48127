"""What clients of the order API say."""

from typing import Any

from quart.typing import TestClientProtocol as Client

from chassis.tokens import DEVELOPMENT_KEYS, Signer

ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "address": "12 St James's Square\nLondon"}
Answer = tuple[int, dict[str, Any]]


def token(subject: str = "", service: str = "frontend", audience: str = "order-api", **clock: Any) -> dict[str, str]:
    """The header that proves a caller."""
    signer = Signer(service, DEVELOPMENT_KEYS[service], **clock)
    return {"Authorization": f"Bearer {signer.token(audience, subject)}"}


def body_of(lines: dict[str, int]) -> dict[str, Any]:
    """An order of Ada's."""
    wanted = [{"product_id": name, "quantity": quantity} for name, quantity in lines.items()]
    return {"customer": ADA, "lines": wanted}


async def place(client: Client, key: str = "key-00001", **lines: int) -> Answer:
    """Place an order; status and body."""
    answer = await client.post("/api/orders", json=body_of(lines), headers={"Idempotency-Key": key})
    return answer.status_code, await answer.get_json(force=True)


async def move(client: Client, number: str, to: str, staff: str = "grace", **more: Any) -> Answer:
    """Move an order on as a member of staff; status and body."""
    path = f"/api/orders/{number}/transitions"
    answer = await client.post(path, json={"to": to, **more}, headers=token(staff))
    return answer.status_code, await answer.get_json(force=True)


async def cancel(client: Client, number: str, staff: str = "") -> Answer:
    """Cancel an order; status and body."""
    headers = token(staff) if staff else {}
    answer = await client.post(f"/api/orders/{number}/cancel", headers=headers)
    return answer.status_code, await answer.get_json(force=True)


async def show(client: Client, number: str, staff: str = "") -> Answer:
    """Read an order; status and body."""
    answer = await client.get(f"/api/orders/{number}", headers=token(staff) if staff else {})
    return answer.status_code, await answer.get_json(force=True)


async def queue(client: Client, **query: object) -> Answer:
    """A page of the queue; status and body."""
    answer = await client.get("/api/orders", query_string=query, headers=token("grace"))
    return answer.status_code, await answer.get_json(force=True)
