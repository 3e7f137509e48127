"""The position of a page as an opaque text."""

import base64
import json

from product_api.domain import Position, Sort


def encode(position: Position, sort: Sort) -> str:
    """A URL-safe text that `decode` turns back."""
    raw = json.dumps([sort.value, position.key, position.id], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, sort: Sort) -> Position:
    """The position, or ValueError when `text` was not made by `encode` for this sort."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        made_for, key, product_id = json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("is not a cursor of this listing") from error
    kind = int if sort.by_price else str
    if made_for != sort.value or type(key) is not kind or not isinstance(product_id, str):
        raise ValueError("was made for another listing")
    if not f"{key}{product_id}".isprintable() or (isinstance(key, int) and abs(key) >= 2**31):
        raise ValueError("is not a cursor of this listing")
    return Position(key, product_id)
