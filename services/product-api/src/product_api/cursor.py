"""The position of a page as an opaque text."""

import base64
import json

from chassis.fields import INT32_MAX
from product_api.listing import Position, Sort
from product_api.search import Tier

INT64_MAX = 2**63 - 1


def encode(position: Position, sort: Sort) -> str:
    """A URL-safe text that `decode` turns back."""
    raw = json.dumps([sort.value, position.key, position.last], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, sort: Sort) -> Position:
    """The position, or ValueError when `text` was not made by `encode` for this sort."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        made_for, key, last = json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("is not a cursor of this listing") from error
    if made_for != sort.value:
        raise ValueError("was made for another listing")
    if not _fits(key, last, sort):
        raise ValueError("is not a cursor of this listing")
    return Position(key, last)


def _fits(key: object, last: object, sort: Sort) -> bool:
    if sort.by_name:
        return _is_text(key) and _is_text(last)
    if sort.by_price:
        return _is_number(key, INT32_MAX) and _is_text(last)
    return _is_number(key, Tier.ANY) and _is_number(last, INT64_MAX)


def _is_text(value: object) -> bool:
    # PostgreSQL refuses NUL, and no encoding has lone surrogates
    return isinstance(value, str) and value.isprintable()


def _is_number(value: object, most: int) -> bool:
    return type(value) is int and 0 <= value <= most
