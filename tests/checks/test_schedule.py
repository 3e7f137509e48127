"""Schedules are read as the CronJob controller reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.checks import schedule


@pytest.mark.parametrize(
    "written",
    [
        "* * * * *",
        "0 0 29 2 *",  # every fourth year
        "*/5 0-6/2 1,15 JAN-DEC mon-fri",
        "5/15 * ? * ?",
        "0 0 31 2 1",  # a weekday is enough
        "0  4\t* * 6",
        "@hourly",
        "@every 1h30m",
        "@every 1.5h",
    ],
)
def test_schedules(written: str) -> None:
    """Fields, lists, ranges, steps, names, macros and intervals."""
    assert schedule.problem(written) == ""


@pytest.mark.parametrize(
    "written",
    [
        None, 5, "", "   ", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
        "* * * 13 *", "* * * * 7", "5-1 * * * *", "*/0 * * * *", "1-2-3 * * * *", "a * * * *", "* * * foo *",
        "1, * * * *", "-1 * * * *", "*/ * * * *", "* * L * *", "@reboot", "@every", "@every 5", "@Hourly",
        "TZ=UTC * * * * *", "CRON_TZ=UTC * * * * *", "0 0 31 2 *", "0 0 30 2 ?", "0 0 31 4,6,9,11 *", "* " * 500,
        "1234567 * * * *", "\uff11 * * * *",
    ],
)  # fmt: skip
def test_what_is_no_schedule(written: object) -> None:
    """What the API server refuses, and what never comes."""
    assert schedule.problem(written)


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Etc/UTC", "America/Argentina/Buenos_Aires"])
def test_time_zones(zone: str) -> None:
    """Names of the time zone database."""
    assert schedule.zone_problem(zone) == ""


@pytest.mark.parametrize("zone", ["Europe/Wien", "", "Local", "CET+1", "../etc/passwd", 5, None])
def test_what_is_no_time_zone(zone: object) -> None:
    """Others are refused by the API server."""
    assert schedule.zone_problem(zone)


@given(st.one_of(st.text(max_size=30), st.from_regex(r"([0-9*/,?-]{1,6} ){4}[0-9*/,?-]{1,6}", fullmatch=True)))
def test_nothing_raises(written: str) -> None:
    """Whatever is written is a schedule or none."""
    assert isinstance(schedule.problem(written), str)
