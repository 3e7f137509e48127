"""Plots as SVG: whatever the samples are, what comes out is a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import pairwise

import pytest

from platformctl.releases.decisions import Weight
from platformctl.releases.page import numbers
from platformctl.releases.page.plot import Line, Mark, Plot
from platformctl.releases.page.plots import limit, stairs
from platformctl.releases.page.scales import Times, Values, nice, top_of
from platformctl.releases.prometheus import Point
from tests.releases.objects import moment

SVG = "{http://www.w3.org/2000/svg}"


def line(values: Sequence[float | None], role: str = "new", every: float = 10) -> Line:
    """A line with a point every so many seconds."""
    return Line(role, role, tuple(Point(moment(every * index), value) for index, value in enumerate(values)))


def drawn(*lines: Line, marks: Sequence[Mark] = (), seconds: float = 100) -> ET.Element:
    """The picture, read again as XML."""
    plot = Plot(
        "errors", "Errors", "What it shows.", lines, moment(0), moment(seconds), numbers.percent, 0.02, marks
    )  # fmt: skip
    return ET.fromstring(str(plot.svg))  # noqa: S314 - our own text


def of_class(picture: ET.Element, name: str) -> list[ET.Element]:
    """The elements that carry a class."""
    return [each for each in picture.iter() if name in each.get("class", "").split()]


def test_a_gap_parts_a_line() -> None:
    """Nothing is drawn where nothing was measured."""
    paths = of_class(drawn(line([0.1, 0.2, None, 0.2, 0.1])), "line")

    assert [path.get("d", "").count("L") for path in paths] == [1, 1]


def test_one_point_is_a_dot() -> None:
    """Also between two gaps."""
    picture = drawn(line([None, 0.1, None, 0.2, 0.3]))

    assert len(of_class(picture, "dot")) == 1
    assert len(of_class(picture, "line")) == 1


@pytest.mark.parametrize("values", [[], [None, None, None]])
def test_nothing_says_so(values: list[float | None]) -> None:
    """An empty plot is not one at zero."""
    picture = drawn(line(values), line(values, "old"))

    assert [each.text for each in of_class(picture, "empty")] == ["no samples"]
    assert of_class(picture, "line") == of_class(picture, "dot") == of_class(picture, "name") == []


@pytest.mark.parametrize(
    "values", [[0.0, 0.0], [1e-9, 2e-9], [1e9, 3e9], [0.3, 0.3], [5.0] * 50, [0.1, None] * 20]
)  # fmt: skip
def test_every_number_of_a_picture_is_finite_and_inside(values: list[float | None]) -> None:
    """Whatever the scale is."""
    picture = drawn(line(values, every=2))

    text = ET.tostring(picture, encoding="unicode")
    assert "nan" not in text.lower()
    assert "inf" not in text.lower().replace("info", "")
    for path in of_class(picture, "line"):
        places = [float(number) for number in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        assert all(-1 <= number <= 861 for number in places)


def test_the_scale_holds_the_limit_and_the_values() -> None:
    """A limit far above all values is still seen, and so is a value far above the limit."""
    low = drawn(line([0.01, 0.01]), line([0.5, 0.5], "limit"))
    high = drawn(line([0.9, 0.9]), line([0.05, 0.05], "limit"))

    heights = [
        float(path.get("d", "").split(",")[1].split()[0])
        for picture in (low, high)
        for path in of_class(picture, "line")
    ]
    assert all(26 < height < 164 for height in heights)
    assert heights[1] < heights[0]
    assert heights[2] < heights[3]


def test_a_limit_alone_is_no_sample() -> None:
    """Nothing was measured, whatever would have been allowed."""
    assert [each.text for each in of_class(drawn(line([0.1, 0.1], "limit"), line([])), "empty")] == ["no samples"]


def test_the_limit_goes_with_the_old_version() -> None:
    """So far above it, and above nothing where it had no requests; without a metric there is no line."""
    old = line([0.01, None], "old").points

    assert [round(point.value or 0, 6) for point in limit(old, 0.02)] == [0.03, 0.02]
    assert limit(old, None) == ()


def test_decisions_that_are_close_keep_their_lines_and_lose_their_numbers() -> None:
    """Numbers over each other could not be read; the list below has them all."""
    marks = [
        Mark(number, moment(seconds), mood)
        for number, seconds, mood in ((1, 10, "plain"), (2, 11, "plain"), (3, 60, "bad"))
    ]

    picture = drawn(line([0.1, 0.1]), marks=marks)

    assert [each.text for each in of_class(picture, "number")] == ["1", "3"]
    assert len([each for each in of_class(picture, "mark") if each.tag == "line"]) == 3


def test_names_that_would_meet_are_moved_apart() -> None:
    """Both versions answer in the same time, as they should."""
    picture = drawn(line([0.1, 0.1]), line([0.1, 0.1], "old"), line([0.1, 0.1], "limit"))

    places = sorted(float(each.get("y", "0")) for each in of_class(picture, "name"))
    assert [each.text for each in of_class(picture, "name")].count("limit") == 1
    assert all(after - before >= 12.9 for before, after in pairwise(places))


def test_a_picture_can_be_told_without_being_seen() -> None:
    """It has a title and a description, and says that they are its name."""
    picture = drawn(line([0.1]))

    assert picture.get("role") == "img"
    named = [picture.find(f".//*[@id='{each}']") for each in picture.get("aria-labelledby", "").split()]
    assert [each.text for each in named if each is not None] == ["Errors", "What it shows."]


def test_text_is_escaped() -> None:
    """A name comes from an image, and an image's name from whoever pushed it."""
    hostile = Line('<script>alert("x")</script>', "new", (Point(moment(0), 0.1),))

    picture = drawn(hostile)

    assert of_class(picture, "name")[0].text == '<script>alert("x")</script>'


def test_weights_are_stairs_from_zero() -> None:
    """Each holds until the next; without any record there is no line at all."""
    found = stairs([Weight(moment(6), 20), Weight(moment(60), 0)], moment(-10), moment(100))

    assert [(point.at, point.value) for point in found] == [
        (moment(-10), 0.0), (moment(6), 20.0), (moment(60), 0.0), (moment(100), 0.0),
    ]  # fmt: skip
    assert stairs([], moment(0), moment(1)) == ()


@pytest.mark.parametrize(
    ("value", "step"), [(0.21, 0.25), (0.9, 1), (1, 1), (1.1, 2), (2.2, 2.5), (3, 5), (70, 100), (0, 1)]
)
def test_ticks_are_at_round_numbers(value: float, step: float) -> None:
    """Steps of 1, 2, 2.5, 5 and 10."""
    assert nice(value) == pytest.approx(step)


@pytest.mark.parametrize("highest", [0.0, 0.003, 0.02, 0.21, 1.0, 7.3, 99.0, 12345.0])
def test_the_top_is_a_tick_above_everything(highest: float) -> None:
    """So that no line touches the edge, and few ticks are drawn."""
    top = top_of([highest], 0.02)
    ticks = Values(top, 164, 26).ticks()

    assert top > highest
    assert ticks[0] == 0
    assert ticks[-1] == pytest.approx(top)
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize("seconds", [0, 1, 30, 400, 5000, 90000, 2000000])
def test_times_have_a_few_ticks_with_labels_that_differ(seconds: float) -> None:
    """From seconds to weeks."""
    ticks = Times(moment(0), moment(seconds), 58, 760).ticks()

    assert len(ticks) <= 8
    assert len({label for _, label in ticks}) == len(ticks)
    assert all(58 <= x <= 760 for x, _ in ticks)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (numbers.percent(0.205), "20.5 %"), (numbers.percent(0), "0 %"), (numbers.seconds(0.0841), "84.1 ms"),
        (numbers.seconds(2.5), "2.5 s"), (numbers.seconds(0), "0 s"), (numbers.count(12345.6), "12,346"),
        (numbers.whole_percent(25), "25 %"), (numbers.seconds(1234.5), "1234 s"),
    ],
)  # fmt: skip
def test_numbers_are_short(shown: str, words: str) -> None:
    """Three digits are enough for a plot."""
    assert shown == words
