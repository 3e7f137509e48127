"""Limits in the conditions of an analysis."""

from __future__ import annotations

import pytest

from platformctl.releases.limits import Limit, filled, limit


@pytest.mark.parametrize(
    ("success", "failure", "found"),
    [
        ("result[0] >= 0.95", "", Limit(">=", 0.95)),
        ("result < 2", "", Limit("<", 2.0)),
        ("len(result) > 0 && result[0] <= 0.5", "", Limit("<=", 0.5)),
        ("len(result) == 0 || isNaN(result[0]) || result[0] >= 1e-3", "", Limit(">=", 0.001)),
        ("", "result[0] > 0.05", Limit("<=", 0.05)),
        ("", "len(result) > 0 && result[0] < 0.9", Limit(">=", 0.9)),
        ("default(result, 1) >= 0.9", "", Limit(">=", 0.9)),
        ("result[0] > 0.1 && result[0] < 0.9", "", None),
        ("result[0] >= 0.9 || result[0] >= 0.9", "", Limit(">=", 0.9)),
        ("len(result) > 0", "", None),
        ('result == "true"', "", None),
        ("result[0] >= {{args.least}}", "", None),
        ("", "", None),
    ],
)
def test_the_limit_is_the_one_comparison_of_the_result(success: str, failure: str, found: Limit | None) -> None:
    """How many results there are is none, two different ones are none, and a failure condition is turned around."""
    assert limit(success, failure) == found


def test_arguments_are_put_in() -> None:
    """As Argo Rollouts does it, with blanks or without; an unknown one stays visible."""
    assert filled("result >= {{args.least}} && {{ args.x }}", {"least": "0.9"}) == "result >= 0.9 && {{ args.x }}"


@pytest.mark.parametrize(
    ("operator", "good", "bad"), [("<", 0.9, 1.0), ("<=", 1.0, 1.1), (">", 1.1, 1.0), (">=", 1.0, 0.9)]
)
def test_a_limit_holds_on_its_good_side(operator: str, good: float, bad: float) -> None:
    """NaN is on no side."""
    wanted = Limit(operator, 1.0)

    assert (wanted.holds(good), wanted.holds(bad), wanted.holds(float("nan"))) == (True, False, False)


def test_a_limit_is_shown_as_people_write_it() -> None:
    """Not as programs do."""
    assert [str(Limit(operator, 0.5)) for operator in ("<", "<=", ">", ">=")] == ["< 0.5", "≤ 0.5", "> 0.5", "≥ 0.5"]
