"""Samples as Prometheus would have them for a release: the same at every run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from platformctl.releases.measured import Measured, Sides
from platformctl.releases.prometheus import Point, Series
from tests.releases.objects import moment

Shape = Callable[[int], float | None]
Weights = tuple[tuple[int, int], ...]  # from a second on, that many percent


def series(shape: Shape, first: int, last: int) -> Series:
    """A point every five seconds."""
    return tuple(Point(moment(second), shape(second)) for second in range(first, last + 1, 5))


def wave(base: float, height: float) -> Shape:
    """Up and down a little, as real traffic does."""
    return lambda second: round(base + height * ((second * 7919) % 13 - 6) / 6, 6)


def between(shape: Shape, start: float, end: float, gaps: tuple[int, ...] = ()) -> Shape:
    """Nothing outside of a span, nor at the gaps."""
    return lambda second: shape(second) if start <= second <= end and second not in gaps else None


def measured(
    end: int, *, errors: float, gaps: tuple[int, ...] = (), new_ends: float | None = None, weights: Weights = ((0, 20),)
) -> Measured:
    """100 requests a second, the weights' part of them for the new version, with that part of errors."""
    first, last = -60, end + 60
    new = partial(between, start=10, end=last if new_ends is None else new_ends, gaps=gaps)

    def share(second: int) -> float:
        return next((percent for begin, percent in reversed(weights) if begin <= second), 0)

    def sides(old: Shape, shape: Shape) -> Sides:
        return Sides(series(old, first, last), series(new(shape), first, last))

    ripple = wave(1, 0.05)
    return Measured(
        moment(first), moment(last), 5.0,
        errors=sides(wave(0.001, 0.0005), wave(errors, errors / 8)),
        latency=sides(wave(0.085, 0.006), wave(0.093, 0.01)),
        requests=sides(
            lambda second: round((100 - (share(second) if second >= 10 else 0)) * (ripple(second) or 1), 6),
            lambda second: round(share(second) * (ripple(second + 5) or 1), 6),
        ),
    )  # fmt: skip
