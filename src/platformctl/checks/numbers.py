"""Whole numbers and percentages in hand-written objects."""

from __future__ import annotations

import re

_PERCENT = re.compile(r"([0-9]{1,4})%")


def whole(value: object, default: int = 0) -> int:
    """The value when it is a whole number, else the default."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def scaled(value: object, total: int, *, up: bool) -> int | None:
    """An IntOrString of a total: a percentage is rounded up or down; None when it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    form = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if form is None:
        return None
    parts = total * int(form.group(1))
    return -(-parts // 100) if up else parts // 100
