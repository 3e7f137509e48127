"""What Prometheus measured during a release, of the old version and of the new one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from platformctl.errors import PlatformError
from platformctl.releases import queries
from platformctl.releases.prometheus import Point, Prometheus, Series, step_for
from platformctl.releases.queries import Pods
from platformctl.releases.release import Release

MARGIN = datetime.timedelta(seconds=60)  # before and after, to see what changed


@dataclass(frozen=True)
class Sides:
    """The same question about both versions."""

    old: Series = ()
    new: Series = ()


@dataclass(frozen=True)
class Measured:
    """Series from `start` to `end`, a point every `step` seconds; `unread` says why there are none."""

    start: datetime.datetime
    end: datetime.datetime
    step: float
    errors: Sides = Sides()
    latency: Sides = Sides()
    requests: Sides = Sides()
    unread: str = ""

    @property
    def share(self) -> Series:
        """Percent of the requests that the new version really got."""
        return tuple(
            Point(new.at, _share(old.value, new.value))
            for old, new in zip(self.requests.old, self.requests.new, strict=True)
        )

    @property
    def answered(self) -> float:
        """How many requests the new version answered, about."""
        return sum(point.value * self.step for point in self.requests.new if point.value is not None)

    @property
    def failed(self) -> float:
        """How many of them with an error, about."""
        pairs = zip(self.requests.new, self.errors.new, strict=True)
        return sum((requests.value or 0.0) * (errors.value or 0.0) * self.step for requests, errors in pairs)


def measure(prometheus: Prometheus | None, release: Release, present: datetime.datetime) -> Measured:
    """Ask for everything that the report plots; without a server, or without an answer, the report says so."""
    start = release.started - MARGIN
    end = min(present, (release.ended or present) + MARGIN)
    step = step_for((end - start).total_seconds())
    if prometheus is None:
        return Measured(start, end, step, unread="no Prometheus was asked: give its address with --prometheus")

    def ask(question: Callable[[Pods], str]) -> Sides:
        old, new = (
            prometheus.range(question(Pods(release.environment, release.service, hash_)), start, end, step)
            for hash_ in (release.old.hash if release.old else "-", release.new.hash)
        )
        return Sides(old, new)

    try:
        return Measured(start, end, step, ask(queries.error_rate), ask(queries.latency), ask(queries.requests))
    except PlatformError as error:
        return Measured(start, end, step, unread=f"{error.what}: {error.why}")


def _share(old: float | None, new: float | None) -> float | None:
    both = (old or 0.0) + (new or 0.0)
    return (new or 0.0) / both * 100 if both > 0 else None
