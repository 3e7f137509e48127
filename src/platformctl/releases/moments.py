"""Points in time as Kubernetes writes them, and spans as people read them."""

from __future__ import annotations

import datetime
import re

from platformctl.errors import PlatformError

EARLIEST = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)  # stands for a time that is not known
_SINCE = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def now() -> datetime.datetime:
    """The present, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def moment(value: object) -> datetime.datetime | None:
    """A point in time from RFC 3339, with or without parts of a second; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def since(words: str, present: datetime.datetime) -> datetime.datetime:
    """The beginning that `--since` names: a span back from now (45s, 30m, 12h, 7d) or a point in time."""
    span = _SINCE.fullmatch(words)
    if span:
        return present - datetime.timedelta(seconds=int(span[1]) * _SECONDS[span[2]])
    found = moment(words)
    if found is None:
        raise PlatformError(
            f"--since {words} is no time",
            why="it is neither a span nor a date",
            fix="use 45s, 30m, 12h or 7d, or a time like 2026-01-31T12:00:00Z",
        )
    return found


def span(seconds: float) -> str:
    """A length of time in its two largest units: 45s, 3m 12s, 5h 2m, 8d 3h."""
    left = max(0, round(seconds))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
        elif parts:
            break  # 1d 5s says more than anybody wants to know
    return " ".join(parts[:2]) or "0s"


def between(start: datetime.datetime | None, end: datetime.datetime | None) -> str:
    """The span between two points in time, or a dash when one is not known."""
    return "-" if start is None or end is None else span((end - start).total_seconds())
