"""Lines of the services' JSON logs for people."""

from __future__ import annotations

import json

WIDTH = 11  # of the longest name
KNOWN = frozenset({"event", "level", "service", "environment", "logger", "timestamp", "request_id", "trace_id"})
REQUEST = ("method", "route", "status", "duration_seconds")


def readable(name: str, line: str) -> str:
    """One line of `name`: time, level where it matters, what happened; what is no JSON stays as it is."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or "event" not in entry:
        return f"{name:{WIDTH}} {line}"
    clock = str(entry.get("timestamp", ""))[11:19]
    level = str(entry.get("level", "info"))
    mark = "" if level in ("info", "debug") else f"{level.upper()} "
    return f"{name:{WIDTH}} {clock} {mark}{_said(entry)}".rstrip()


def _said(entry: dict[str, object]) -> str:
    if entry["event"] == "request" and all(key in entry for key in REQUEST):
        method, route, status, seconds = (entry[key] for key in REQUEST)
        took = f" {seconds * 1000:.0f} ms" if isinstance(seconds, (int, float)) else ""
        return f"{method} {route} {status}{took}"
    more = " ".join(f"{key}={value}" for key, value in entry.items() if key not in KNOWN and key != "exception")
    trace = f"\n{entry['exception']}" if "exception" in entry else ""
    return f"{entry['event']} {more}".rstrip() + trace
