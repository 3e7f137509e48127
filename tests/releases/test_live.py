"""The picture in the terminal, and the lines that a pipe gets instead."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from platformctl.releases.changes import changes
from platformctl.releases.facts import Facts, of_objects
from platformctl.releases.live import view, waits_for
from platformctl.releases.sparkline import sparkline
from tests.releases import stories
from tests.releases.objects import moment

GOLDEN = Path(__file__).with_name("golden")


def facts(story: str) -> Facts:
    """The one Rollout of a story."""
    [found] = of_objects(getattr(stories, story)())
    return found


def picture(story: str, width: int = 120) -> str:
    """The picture as text, without colours."""
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False, color_system=None).print(view(facts(story), moment(60)))
    return "\n".join(each.rstrip() for each in out.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("story", ["measuring", "aborted", "waiting", "promoted", "blue_green_failed"])
def test_a_picture_is_the_golden_one(story: str) -> None:
    """UPDATE_GOLDEN=1 writes them anew."""
    golden = GOLDEN / f"{story}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(picture(story), encoding="utf-8")

    assert picture(story) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("story", ["measuring", "aborted", "blue_green_promoted", "inconclusive"])
def test_a_picture_fits_its_terminal(story: str, width: int) -> None:
    """No line is longer than the terminal is wide."""
    assert max(map(len, picture(story, width).splitlines())) <= width


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("started", ""),
        ("measuring", ""),
        ("aborted", ""),
        ("promoted", ""),
        ("waiting", "waits for a person: platformctl release promote frontend --environment staging"),
        (
            "inconclusive",
            "its analysis has no verdict: look, then platformctl release promote frontend --environment staging (or "
            "abort)",
        ),
    ],
)
def test_it_says_what_it_waits_for(story: str, words: str) -> None:
    """A pause that ends by itself needs nobody."""
    assert waits_for(facts(story).rollout) == words


def test_the_first_look_tells_where_it_stands() -> None:
    """A log that begins in the middle still makes sense."""
    assert list(changes(None, facts("measuring"))) == [
        "frontend in staging, canary, revision 7: Progressing: more replicas need to be updated",
        "version 0.4.1 (1f2e3d4c5b6a) → 0.5.0 (a9b8c7d6e5f4)",
        "weight 20 %",
        "step 3 of 5: analysis success-rate",
        "analysis frontend-7c9d5b66f4-7-2: Running",
    ]


def test_a_later_look_tells_only_what_changed() -> None:
    """New measurements with their limit, the verdict, the weight, the pod that died."""
    assert list(changes(facts("measuring"), facts("aborted"))) == [
        "weight 20 % → 0 %",
        'Aborted: Rollout aborted update to revision 7: Metric "errors" assessed Failed due to '
        "failed (3) > failureLimit (2)",
        "pod frontend-7c9d5b66f4-p9w3s: OOMKilled, restarted 1 times",
        "errors 0.2056 (limit ≤ 0.02): Failed",
        "errors 0.1897 (limit ≤ 0.02): Failed",
        "seconds [NaN] (limit ≤ 0.5): Inconclusive",
        "seconds 0.011 (limit ≤ 0.5): Successful",
        'analysis frontend-7c9d5b66f4-7-2: Failed: Metric "errors" assessed Failed due to failed (3) > '
        "failureLimit (2)",
    ]


def test_nothing_changed_is_no_line() -> None:
    """A pipe is not filled with the same again."""
    assert list(changes(facts("waiting"), facts("waiting"))) == []


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([], ""),
        ([None, None], "··"),
        ([1.0, 1.0], "▅▅"),
        ([0.0, 1.0, None, 2.0], "▁▅·█"),
        ([float(each) for each in range(30)], "▁▁▁▂▂▃▃▃▄▄▅▅▆▆▆▇▇███"),
    ],
)
def test_a_sparkline_has_a_bar_for_each_value(values: list[float | None], bars: str) -> None:
    """A dot for none, and only the last twenty."""
    assert sparkline(values) == bars
