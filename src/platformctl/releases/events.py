"""Events of a Rollout: its controller's own account of what it did."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.manifests import mapping, text
from platformctl.releases.moments import moment
from platformctl.releases.rollout import number


@dataclass(frozen=True)
class Event:
    """An event; the API server folds equal ones into one that keeps only when it first and last happened."""

    reason: str
    message: str
    warning: bool
    first: datetime.datetime | None
    last: datetime.datetime | None
    count: int = 1

    @property
    def times(self) -> tuple[datetime.datetime, ...]:
        """When it happened, as far as that is still known."""
        return tuple(sorted({each for each in (self.first, self.last) if each is not None}))


def event_of(content: Mapping[str, Any]) -> Event:
    """An event from its object, of the old API or the new."""
    series = mapping(content.get("series"))
    created = mapping(content.get("metadata")).get("creationTimestamp")
    first = moment(content.get("firstTimestamp")) or moment(content.get("eventTime")) or moment(created)
    last = moment(content.get("lastTimestamp")) or moment(series.get("lastObservedTime")) or first
    return Event(
        reason=text(content.get("reason")),
        message=text(content.get("message")),
        warning=content.get("type") == "Warning",
        first=first,
        last=last,
        count=max(1, number(content.get("count"), number(series.get("count"), 1))),
    )
