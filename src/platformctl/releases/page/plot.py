"""A plot over the time of a release as inline SVG: lines of both versions, the limit, marks of the decisions."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from platformctl.releases.page.scales import Times, Values, top_of
from platformctl.releases.page.svg import element
from platformctl.releases.prometheus import Point, Series

WIDTH, HEIGHT = 860.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 760.0, 26.0, 164.0  # of the area that is drawn in
CLOSEST = 13.0  # between two labels at the right edge, so that they can be read


@dataclass(frozen=True)
class Line:
    """A line; `role` (old, new, share, limit) chooses its look, `stairs` keeps a value until the next one."""

    name: str
    role: str
    points: Series
    stairs: bool = False

    @property
    def values(self) -> list[float]:
        """The values without the gaps."""
        return [point.value for point in self.points if point.value is not None]


@dataclass(frozen=True)
class Mark:
    """A decision: its number in the list below the plots, and whether it was a good or a bad one."""

    number: int
    at: datetime.datetime
    mood: str = "plain"


@dataclass(frozen=True)
class Plot:
    """What is drawn: `least` is the smallest top of the scale, `shown` makes text of a value."""

    name: str
    title: str
    summary: str
    lines: Sequence[Line]
    start: datetime.datetime
    end: datetime.datetime
    shown: Callable[[float], str]
    least: float
    marks: Sequence[Mark] = ()
    most: float | None = None  # the top of the scale, where it is known

    @property
    def svg(self) -> Markup:
        """The picture, as inline SVG."""
        return draw(self)


def draw(plot: Plot) -> Markup:
    """The plot; its title and summary are there for those who cannot see it."""
    times = Times(plot.start, plot.end, LEFT, RIGHT)
    known = [value for line in plot.lines for value in line.values]
    values = Values(plot.most or top_of(known, plot.least), BOTTOM, TOP)
    drawn = [
        *_grid(plot, times, values),
        *_marks(plot, times),
        *(part for line in plot.lines for part in _line(line, times, values)),
        *_names(plot, values),
    ]
    if not any(line.values for line in plot.lines if line.role != "limit"):
        drawn.append(element("text", "no samples", class_="empty", x=(LEFT + RIGHT) / 2, y=(TOP + BOTTOM) / 2))
    title, summary = f"{plot.name}-title", f"{plot.name}-summary"
    return element(
        "svg",
        element("title", plot.title, id=title),
        element("desc", plot.summary, id=summary),
        *drawn,
        class_="plot",
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        aria_labelledby=f"{title} {summary}",
    )


def _grid(plot: Plot, times: Times, values: Values) -> Iterator[Markup]:
    for value in values.ticks():
        y = values.y(value)
        yield element("line", class_="grid" if value else "axis", x1=LEFT, x2=RIGHT, y1=y, y2=y)
        yield element("text", plot.shown(value), class_="tick y", x=LEFT - 8, y=y + 3.5)
    for x, label in times.ticks():
        yield element("line", class_="axis", x1=x, x2=x, y1=BOTTOM, y2=BOTTOM + 4)
        yield element("text", label, class_="tick x", x=x, y=BOTTOM + 17)


def _marks(plot: Plot, times: Times) -> Iterator[Markup]:
    """A thin line for each decision; its number stands where it does not cover that of the one before."""
    edge = LEFT - 20
    for mark in plot.marks:
        x = times.x(mark.at)
        yield element("line", class_=f"mark {mark.mood}", x1=x, x2=x, y1=TOP - 8, y2=BOTTOM)
        if x - edge >= 17:
            yield element("circle", class_=f"mark {mark.mood}", cx=x, cy=TOP - 15, r=7.5)
            yield element("text", str(mark.number), class_=f"number {mark.mood}", x=x, y=TOP - 11.7)
            edge = x


def _line(line: Line, times: Times, values: Values) -> Iterator[Markup]:
    for part in _runs(line.points):
        places = [(times.x(point.at), values.y(point.value or 0.0)) for point in part]
        if len(places) == 1:
            yield element("circle", class_=f"dot {line.role}", cx=places[0][0], cy=places[0][1], r=3.0)
            continue
        path = _path(places, stairs=line.stairs)
        if line.stairs:
            base = f"{path} L{places[-1][0]:.1f},{BOTTOM:.1f} L{places[0][0]:.1f},{BOTTOM:.1f} Z"
            yield element("path", class_=f"area {line.role}", d=base)
        yield element("path", class_=f"line {line.role}", d=path)


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The stretches between gaps."""
    stretch: list[Point] = []
    for point in points:
        if point.value is not None:
            stretch.append(point)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _path(places: Sequence[tuple[float, float]], *, stairs: bool) -> str:
    words = [f"M{places[0][0]:.1f},{places[0][1]:.1f}"]
    for x, y in places[1:]:
        words.append(f"H{x:.1f} V{y:.1f}" if stairs else f"L{x:.1f},{y:.1f}")
    return " ".join(words)


def _names(plot: Plot, values: Values) -> Iterator[Markup]:
    """The names of the lines at their ends, moved apart where they would meet."""
    wanted = [(values.y(line.values[-1]), line.role, line.name) for line in plot.lines if line.values]
    above = TOP - CLOSEST
    for y, role, name in sorted(wanted):
        above = max(y, above + CLOSEST)
        yield element("text", name, class_=f"name {role}", x=RIGHT + 8, y=above + 3.5)
