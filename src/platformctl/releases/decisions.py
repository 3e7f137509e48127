"""What the controller decided in the course of a release, read from its events: weights, pauses, switches, the end."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from platformctl.releases.events import Event

_WEIGHT = re.compile(r"Traffic weight updated (?:from (\d+) )?to (\d+)")
_SWITCHED = re.compile(r"Switched selector for service '([^']+)' from '([^']*)' to '([^']*)'")
_STEP = re.compile(r"Rollout step (\d+)/(\d+) completed \((.+)\)")
_RUN = re.compile(r"^(\S+(?: \S+)*?) Analysis Run '([^']+)' Status New: '(\w+)'")
_KINDS = {  # reason of the event -> kind of the decision
    "RolloutUpdated": "start",
    "RolloutPaused": "pause",
    "RolloutResumed": "resume",
    "RolloutAborted": "abort",
    "RolloutRetry": "retry",
    "RolloutCompleted": "promote",
    "SkipSteps": "skip",
}


@dataclass(frozen=True)
class Decision:
    """Something that was decided; `kind` is one of `_KINDS`, step, switch or analysis."""

    at: datetime.datetime
    kind: str
    text: str
    bad: bool = False


@dataclass(frozen=True)
class Weight:
    """From this moment on the new version gets that many percent of the traffic."""

    at: datetime.datetime
    percent: int


def weights(events: Iterable[Event]) -> tuple[Weight, ...]:
    """The changes of weight, oldest first."""
    found = [
        Weight(at, int(match[2]))
        for event in events
        if event.reason == "TrafficWeightUpdated" and (match := _WEIGHT.search(event.message))
        for at in event.times
    ]
    return tuple(sorted(found, key=lambda weight: weight.at))


def switches(events: Iterable[Event], service: str, new: str) -> tuple[Weight, ...]:
    """Blue-green: all or nothing, as the active Service turned to the new version and away from it."""
    found = [
        Weight(at, 100 if match[3] == new else 0)
        for event in events
        if event.reason == "SwitchService" and (match := _SWITCHED.search(event.message))
        if match[1] == service and new in (match[2], match[3])
        for at in event.times
    ]
    return tuple(sorted(found, key=lambda weight: weight.at))


def decisions(events: Iterable[Event]) -> tuple[Decision, ...]:
    """Everything that was decided, oldest first; what is no decision (pods that came and went) is left out."""
    found = [decision for event in events for decision in _of(event)]
    return tuple(sorted(found, key=lambda decision: decision.at))


def _of(event: Event) -> Iterator[Decision]:
    for at in event.times:
        if event.reason in _KINDS:
            yield Decision(at, _KINDS[event.reason], event.message, bad=event.reason == "RolloutAborted")
        elif match := _STEP.search(event.message):
            yield Decision(at, "step", f"step {match[1]} of {match[2]} done: {match[3]}")
        elif match := _SWITCHED.search(event.message):
            yield Decision(at, "switch", f"Service {match[1]} now selects {match[3]}")
        elif match := _RUN.search(event.message):
            bad = match[3] in ("Failed", "Error", "Inconclusive")
            yield Decision(at, "analysis", f"{match[1]} analysis {match[2]}: {match[3]}", bad=bad)
