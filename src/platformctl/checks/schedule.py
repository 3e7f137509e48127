"""Schedules as the CronJob controller reads them: five fields, a macro, or an interval."""

from __future__ import annotations

import calendar
import functools
import re
import zoneinfo
from collections.abc import Mapping

_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_INTERVAL = re.compile(r"@every ([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}
_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
_LONGEST_MONTH = {month: 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31 for month in range(1, 13)}
_ALL = ("*", "?")
_LONGEST = 256


def problem(schedule: object) -> str:
    """Why a schedule is none, or is none that ever comes; empty for a good one."""
    if not isinstance(schedule, str) or not schedule.strip():
        return "there is no schedule"
    if len(schedule) > _LONGEST:
        return "is longer than any schedule"
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        return "names a time zone: that belongs in timeZone"
    if schedule.startswith("@"):
        known = schedule in _MACROS or _INTERVAL.fullmatch(schedule)
        return "" if known else f"{schedule} is no macro; they are {', '.join(_MACROS)} and @every"
    return _problem_of_fields(schedule.split())


def zone_problem(zone: object) -> str:
    """Why a time zone is none; empty for a good one."""
    # a system without the time zone database knows none
    if isinstance(zone, str) and (zone in _zones() or (not _zones() and _ZONE.fullmatch(zone))):
        return ""
    return f"{zone!r} is no time zone; it is written like Europe/Vienna"


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _problem_of_fields(fields: list[str]) -> str:
    if len(fields) != len(_FIELDS):
        return f"has {len(fields)} fields instead of {len(_FIELDS)}"
    values: list[set[int]] = []
    for text, (name, low, high, names) in zip(fields, _FIELDS, strict=True):
        parsed = _field(text, low, high, names)
        if parsed is None:
            return f"{text} is no {name} from {low} to {high}"
        values.append(parsed)
    days, months, weekdays = values[2], values[3], fields[4]
    never = weekdays in _ALL and all(min(days) > _LONGEST_MONTH[month] for month in months)
    return "is on a day that no month has" if never else ""


def _field(text: str, low: int, high: int, names: Mapping[str, int]) -> set[int] | None:
    found: set[int] = set()
    for part in text.split(","):
        values = _part(part, low, high, names)
        if values is None:
            return None
        found |= values
    return found


def _part(part: str, low: int, high: int, names: Mapping[str, int]) -> set[int] | None:
    span, slash, written_step = part.partition("/")
    step = _number(written_step, {}) if slash else 1
    first, dash, last = span.partition("-")
    if span in _ALL:
        begin, end = low, high
    else:
        begin = _number(first, names)
        end = _number(last, names) if dash else high if slash else begin
    if step < 1 or begin < low or end > high or begin > end:
        return None
    return set(range(begin, end + 1, step))


def _number(text: str, names: Mapping[str, int]) -> int:
    """The number that is meant; -1 for none, which is outside of every field."""
    if text.lower() in names:
        return names[text.lower()]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
