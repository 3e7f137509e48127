"""The three plots of a release, one above the other over the same time: traffic, errors, latency."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from platformctl.releases.analysis import Metric
from platformctl.releases.decisions import Weight
from platformctl.releases.measured import Measured, Sides
from platformctl.releases.page import numbers
from platformctl.releases.page.plot import Line, Mark, Plot
from platformctl.releases.prometheus import Point, Series
from platformctl.releases.release import Release
from platformctl.releases.verdict import highest

Shown = Callable[[float], str]


def plots(release: Release, measured: Measured, marks: Sequence[Mark]) -> list[Plot]:
    """The plots from top to bottom."""
    metrics = [metric for run in release.runs for metric in run.metrics]
    return [
        _weights(release, measured, marks),
        _sides("errors", "Requests that ended with an error", measured, measured.errors, numbers.percent, 0.02,
               error_limit(metrics), marks),
        _sides("latency", "Time to answer, 95th percentile", measured, measured.latency, numbers.seconds, 0.05,
               latency_limit(metrics), marks),
    ]  # fmt: skip


def error_limit(metrics: Sequence[Metric]) -> float | None:
    """The highest error rate that the analysis allows: a success rate of at least 0.99 is one of at most 0.01."""
    for metric in metrics:
        if metric.limit is None or not 0 <= metric.limit.value <= 1:
            continue
        if "success" in metric.name and metric.limit.operator in (">", ">="):
            return 1 - metric.limit.value
        if "error" in metric.name and metric.limit.operator in ("<", "<="):
            return metric.limit.value
    return None


def latency_limit(metrics: Sequence[Metric]) -> float | None:
    """The longest 95th percentile that the analysis allows, in seconds."""
    for metric in metrics:
        if metric.limit is not None and "latency" in metric.name and metric.limit.operator in ("<", "<="):
            return metric.limit.value
    return None


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
        summary=most if decided else "Its weights are not recorded any more.",
        lines=(Line("decided", "new", decided, stairs=True), Line("measured", "share", measured.share)),
        start=measured.start,
        end=measured.end,
        shown=numbers.whole_percent,
        least=90.0,
        marks=marks,
    )


def _sides(
    name: str, title: str, measured: Measured, sides: Sides, shown: Shown, least: float, limit: float | None,
    marks: Sequence[Mark],
) -> Plot:  # fmt: skip
    lines = (Line("old", "old", sides.old), Line("new", "new", sides.new))
    return Plot(
        name=name,
        title=title,
        summary=" ".join(
            [*(_peak(line, shown) for line in lines), f"Allowed: {shown(limit)}." if limit else ""]
        ).strip(),
        lines=lines,
        start=measured.start,
        end=measured.end,
        shown=shown,
        least=least,
        limit=limit,
        limit_shown=f"limit {shown(limit)}" if limit is not None else "",
        marks=marks,
    )


def _peak(line: Line, shown: Shown) -> str:
    if not line.values:
        return f"No samples of the {line.name} version."
    return f"At most {shown(max(line.values))} for the {line.name} version."
