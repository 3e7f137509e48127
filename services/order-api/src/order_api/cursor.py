"""The position of a page of the queue as an opaque text."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from order_api.domain import NUMBER


@dataclass(frozen=True)
class Position:
    """The last order of a page: the next page starts behind it."""

    placed_at: datetime
    number: str


def encode(position: Position) -> str:
    """A URL-safe text that `decode` turns back."""
    raw = json.dumps([position.placed_at.isoformat(), position.number], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> Position:
    """The position, or ValueError when `text` was not made by `encode`."""
    try:
        at, number = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        position = Position(datetime.fromisoformat(at), number)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError("is not a cursor of this queue") from error
    # an equal position has an equal text: nothing else gets as far as the database
    if not isinstance(number, str) or not NUMBER.fullmatch(number) or encode(position) != text:
        raise ValueError("is not a cursor of this queue")
    return position
