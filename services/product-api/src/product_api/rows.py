"""Rows of the database as values of the domain."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from product_api.domain import Product


def product(row: Row[Any]) -> Product:
    """A row of all columns of `products`."""
    columns: dict[str, Any] = row._asdict()
    times = {name: _utc(columns[name]) for name in ("created_at", "updated_at")}
    return Product(**{**columns, **times})


def _utc(time: datetime) -> datetime:
    # SQLite keeps no time zone
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
