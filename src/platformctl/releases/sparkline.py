"""A row of numbers as a row of little bars."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"


def sparkline(values: Sequence[float | None], width: int = 20) -> str:
    """The last `width` values, each a bar between the lowest and the highest of them; a dot where there is none."""
    shown = values[-width:]
    known = [value for value in shown if value is not None]
    if not known:
        return GAP * len(shown)
    low, high = min(known), max(known)
    return "".join(GAP if value is None else BARS[_height(value, low, high)] for value in shown)


def _height(value: float, low: float, high: float) -> int:
    if high == low:
        return len(BARS) // 2
    return min(len(BARS) - 1, int((value - low) / (high - low) * len(BARS)))
