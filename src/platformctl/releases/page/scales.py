"""From values to places on a plot, with ticks at numbers that people like."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

SPANS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)  # s between ticks


@dataclass(frozen=True)
class Times:
    """Points in time from `start` to `end`, on x from `left` to `right`."""

    start: datetime.datetime
    end: datetime.datetime
    left: float
    right: float

    @property
    def seconds(self) -> float:
        """The span, at least one second."""
        return max(1.0, (self.end - self.start).total_seconds())

    def x(self, at: datetime.datetime) -> float:
        """The place of a point in time; what lies outside is drawn at the edge."""
        part = (at - self.start).total_seconds() / self.seconds
        return self.left + min(1.0, max(0.0, part)) * (self.right - self.left)

    def ticks(self, most: int = 7) -> list[tuple[float, str]]:
        """Places and labels of round times (UTC)."""
        every = next(
            (each for each in SPANS if self.seconds / each <= most), SPANS[-1] * math.ceil(self.seconds / 604800)
        )
        form = "%H:%M:%S" if every < 60 else "%H:%M" if self.seconds < 86400 else "%d %b %H:%M"
        first = math.ceil(self.start.timestamp() / every) * every
        found = []
        while first <= self.end.timestamp():
            at = datetime.datetime.fromtimestamp(first, datetime.UTC)
            found.append((self.x(at), at.strftime(form)))
            first += every
        return found


@dataclass(frozen=True)
class Values:
    """Values from 0 to `top`, on y from `low` (bottom) up to `high`."""

    top: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """The place of a value; what is above the top is drawn at the edge."""
        part = min(1.0, max(0.0, value / self.top))
        return self.low - part * (self.low - self.high)

    def ticks(self, most: int = 4) -> list[float]:
        """Round values from 0 to the top."""
        every = nice(self.top / most)
        return [every * index for index in range(math.floor(self.top / every + 1e-9) + 1)]


def nice(value: float) -> float:
    """The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not below a value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10, 20) if step * power >= value * (1 - 1e-9))


def top_of(values: list[float], least: float) -> float:
    """A round number above all values, and never below `least`."""
    highest = max([*values, least])
    every = nice(highest * 1.08 / 4)
    return every * math.ceil(highest * 1.08 / every - 1e-9)
