"""Numbers as the page shows them."""

from __future__ import annotations


def percent(part: float) -> str:
    """A part of one as percent: 0.205 is 20.5 %."""
    return f"{_short(part * 100)} %"


def whole_percent(value: float) -> str:
    """Percent of something that is counted in percent already."""
    return f"{_short(value)} %"


def seconds(value: float) -> str:
    """Seconds, or milliseconds below one: 0.25 is 250 ms."""
    return f"{_short(value)} s" if value >= 1 or value == 0 else f"{_short(value * 1000)} ms"


def count(value: float) -> str:
    """A whole number with its thousands apart: 12,345."""
    return f"{round(value):,}"


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
