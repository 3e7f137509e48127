"""Prometheus by HTTP: ranges of samples."""

from __future__ import annotations

import datetime
import json
import math
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.manifests import items, mapping

SECONDS = 15.0
MOST_POINTS = 400  # of one line; Prometheus itself refuses more than 11,000


@dataclass(frozen=True)
class Point:
    """A sample; `value` is None where Prometheus has none (a gap, NaN, an infinity)."""

    at: datetime.datetime
    value: float | None


Series = tuple[Point, ...]


@dataclass(frozen=True)
class Prometheus:
    """A server, by its address without a path."""

    url: str

    def range(self, query: str, start: datetime.datetime, end: datetime.datetime, step: float) -> Series:
        """The one series that a query gives, a point every `step` seconds; missing samples are points without a value.

        A query that gives several series is an error of ours: it does not say which one is meant.
        """
        asked = {"query": query, "start": start.timestamp(), "end": end.timestamp(), "step": step}
        found = items(mapping(self._call("query_range", asked).get("data")).get("result"))
        if len(found) > 1:
            raise PlatformError(
                f"{len(found)} series where one is wanted", why=query, fix="aggregate it", exit_code=TOOL_FAILURE
            )
        samples = dict(_samples(mapping(found[0]).get("values"))) if found else {}
        count = int((end - start).total_seconds() // step) + 1
        moments = [start + datetime.timedelta(seconds=step * index) for index in range(count)]
        return tuple(Point(at, samples.get(round(at.timestamp(), 3))) for at in moments)

    def _call(self, path: str, asked: Mapping[str, object]) -> Mapping[str, Any]:
        body = urllib.parse.urlencode({key: str(value) for key, value in asked.items()}).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=body)  # noqa: S310 - given by our user
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return mapping(json.load(answer))
        except urllib.error.HTTPError as error:
            why = error.read().decode(errors="replace")[:300]
            raise PlatformError(
                f"Prometheus refused {path}", why=f"{error.code}: {why}", exit_code=TOOL_FAILURE
            ) from error
        except (OSError, ValueError) as error:
            raise PlatformError(
                f"Prometheus at {self.url} does not answer",
                why=str(error),
                fix="is it up? `platformctl status`; another one: --prometheus URL",
                exit_code=TOOL_FAILURE,
            ) from error


def step_for(seconds: float, scrape: float = 5.0) -> float:
    """Seconds between points, so that a span has enough of them and never too many."""
    return max(scrape, math.ceil(seconds / MOST_POINTS))


def _samples(values: object) -> Sequence[tuple[float, float | None]]:
    found = []
    for pair in items(values):
        at, value = float(pair[0]), float(pair[1])
        found.append((round(at, 3), value if math.isfinite(value) else None))
    return found
