"""Points in time and spans."""

from __future__ import annotations

import datetime

import pytest

from platformctl.errors import PlatformError
from platformctl.releases import moments

PRESENT = datetime.datetime(2026, 1, 15, 12, 0, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (-5, "0s"),
        (59.6, "1m"),
        (72, "1m 12s"),
        (3600, "1h"),
        (3605, "1h"),
        (18120, "5h 2m"),
        (702000, "8d 3h"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds: float, shown: str) -> None:
    """A day and some seconds is a day."""
    assert moments.span(seconds) == shown


@pytest.mark.parametrize("text", ["2026-01-15T12:00:00Z", "2026-01-15T12:00:00.000000Z", "2026-01-15T13:00:00+01:00"])
def test_a_moment_is_read_in_the_forms_that_apis_write(text: str) -> None:
    """With parts of a second or without, in whatever zone."""
    assert moments.moment(text) == PRESENT


@pytest.mark.parametrize("value", [None, "", "yesterday", 5, {}])
def test_anything_else_is_no_moment(value: object) -> None:
    """The API leaves a time out, or an object is not what it should be."""
    assert moments.moment(value) is None


@pytest.mark.parametrize(
    ("words", "seconds"), [("45s", 45), ("30m", 1800), ("12h", 43200), ("7d", 604800), ("2026-01-15T11:00:00Z", 3600)]
)
def test_since_is_a_span_or_a_moment(words: str, seconds: int) -> None:
    """Counted back from now."""
    assert moments.since(words, PRESENT) == PRESENT - datetime.timedelta(seconds=seconds)


@pytest.mark.parametrize("words", ["", "0m", "5", "m", "1y", "-3h", "1h30m", "999999d"])
def test_another_since_is_refused_with_examples(words: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(PlatformError, match="is no time") as refused:
        moments.since(words, PRESENT)

    assert "12h" in refused.value.fix
