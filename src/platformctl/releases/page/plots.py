"""The three plots of a release, one above the other over the same time: traffic, errors, latency."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from platformctl.releases.analysis import Run
from platformctl.releases.decisions import Weight
from platformctl.releases.measured import Measured
from platformctl.releases.page import numbers
from platformctl.releases.page.plot import Line, Mark, Plot
from platformctl.releases.prometheus import Point, Series
from platformctl.releases.release import Release
from platformctl.releases.verdict import highest

Shown = Callable[[float], str]
# metrics of base/platform/argo-rollouts/analysis: both are differences between the new version and the old one
ERRORS, LATENCY = "errors", "seconds"


def plots(release: Release, measured: Measured, marks: Sequence[Mark]) -> list[Plot]:
    """The plots from top to bottom."""
    errors, latency = margin(release.runs, ERRORS), margin(release.runs, LATENCY)
    return [
        _weights(release, measured, marks),
        _sides("errors", "Requests that ended with an error", measured, errors, numbers.percent, 0.02, marks),
        _sides("latency", "Time to answer, 95th percentile", measured, latency, numbers.seconds, 0.05, marks),
    ]


def margin(runs: Sequence[Run], name: str) -> float | None:
    """How far the analysis allows the new version to be above the old one, by the metric of that name."""
    for run in runs:
        for metric in run.metrics:
            if metric.name == name and metric.limit is not None and metric.limit.operator in ("<", "<="):
                return metric.limit.value
    return None


def limit(old: Series, allowed: float | None) -> Series:
    """The line that the new version must stay below: so far above the old one, or above 0 where that has no value."""
    if allowed is None:
        return ()
    return tuple(Point(point.at, (point.value or 0.0) + allowed) for point in old)


def stairs(weights: Sequence[Weight], start: datetime.datetime, end: datetime.datetime) -> Series:
    """Weights as a line that keeps each value until the next; none when no weight was recorded."""
    if not weights:
        return ()
    points = [Point(start, 0.0)]
    points += [Point(min(max(each.at, start), end), float(each.percent)) for each in weights]
    return (*points, Point(end, points[-1].value))


def _weights(release: Release, measured: Measured, marks: Sequence[Mark]) -> Plot:
    decided = stairs(release.weights, measured.start, measured.end)
    most = f"It was given at most {highest(release)} percent of the traffic."
    return Plot(
        name="weights",
        title="Traffic of the new version",
        summary=most if decided else "What was decided is not recorded any more.",
        lines=(Line("decided", "new", decided, stairs=True), Line("measured", "share", measured.share)),
        start=measured.start,
        end=measured.end,
        shown=numbers.whole_percent,
        least=100.0,
        marks=marks,
        most=100.0,
    )


def _sides(
    name: str, title: str, measured: Measured, allowed: float | None, shown: Shown, least: float, marks: Sequence[Mark]
) -> Plot:
    sides = measured.errors if name == "errors" else measured.latency
    lines = (Line("old", "old", sides.old), Line("new", "new", sides.new))
    words = [_peak(line, shown) for line in lines]
    words += [f"Allowed: {shown(allowed)} above the old version."] if allowed is not None else []
    return Plot(
        name=name,
        title=title,
        summary=" ".join(words),
        lines=(Line("limit", "limit", limit(sides.old, allowed)), *lines),
        start=measured.start,
        end=measured.end,
        shown=shown,
        least=least,
        marks=marks,
    )


def _peak(line: Line, shown: Shown) -> str:
    if not line.values:
        return f"No samples of the {line.name} version."
    return f"At most {shown(max(line.values))} for the {line.name} version."
