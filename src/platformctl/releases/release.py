"""One release: from which version to which, when, what was decided, and how it ended."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from platformctl.errors import PlatformError
from platformctl.manifests import text
from platformctl.releases.analysis import Run
from platformctl.releases.decisions import Decision, Weight, decisions, switches, weights
from platformctl.releases.events import Event
from platformctl.releases.facts import Facts, Version
from platformctl.releases.moments import moment
from platformctl.releases.outcomes import Outcome, end_of

_ABORTED = re.compile(r"aborted update to revision (\d+)")
SLACK = datetime.timedelta(seconds=2)  # the API's times have no parts of a second


@dataclass(frozen=True)
class Release:
    """A revision of a Rollout, seen from its start to its end; times are None where nothing recorded them."""

    service: str
    environment: str
    strategy: str
    revision: int
    new: Version
    old: Version | None
    outcome: Outcome
    why: str
    started: datetime.datetime
    ended: datetime.datetime | None
    weights: tuple[Weight, ...]
    decisions: tuple[Decision, ...]
    runs: tuple[Run, ...]

    @property
    def over(self) -> bool:
        """Whether nothing will change any more without a new push or a person."""
        return self.outcome not in (Outcome.RUNNING, Outcome.WAITING)

    @property
    def title(self) -> str:
        """Service and environment with the revision: frontend in staging, revision 12."""
        return f"{self.service} in {self.environment}, revision {self.revision}"


def releases(facts: Facts) -> tuple[Release, ...]:
    """Every release that can still be told from the objects, newest first; the very first version is no release."""
    found = (_release(facts, new, old) for new, old in _changes(facts))
    return tuple(each for each in found if each is not None)


def latest(facts: Facts) -> Release:
    """The newest release; an error when there never was one, or when nobody knows any more when it began."""
    name, where = facts.rollout.name, facts.rollout.namespace
    found, changed = releases(facts), list(_changes(facts))
    if not changed:
        raise PlatformError(
            f"{name} in {where} was never released",
            why="it still runs its first version, or the ReplicaSets of the former ones are gone",
            fix=f"push a change of {name} first",
        )
    newest = changed[0][0].revision
    if not found or found[0].revision != newest:
        raise PlatformError(
            f"nobody knows any more when revision {newest} of {name} in {where} began",
            why="its event has expired, its ReplicaSet is older than it, and it had no analysis",
            fix="--since tells of the others",
        )
    return found[0]


def _changes(facts: Facts) -> Iterator[tuple[Version, Version]]:
    """Each version with the one that it replaced, newest first; a version that came back counts where it is now."""
    for version in facts.versions:
        before = _served_before(facts, version.revision) if version.revision else None
        if before is not None and before.hash != version.hash:
            yield version, before


def _served_before(facts: Facts, revision: int) -> Version | None:
    """What everybody was served by when a revision began."""
    rollout = facts.rollout
    if revision == rollout.revision and not rollout.promoted:
        return facts.version(rollout.stable)
    older = {
        number: version
        for version in facts.versions
        for number in (version.revision, *version.former_revisions)
        if number < revision
    }
    aborted = {*_aborted(facts.events), *(run.revision for run in facts.runs if run.phase in ("Failed", "Error"))}
    good = [number for number in older if number not in aborted] or list(older)
    return older[max(good)] if good else None


def _aborted(events: tuple[Event, ...]) -> Iterator[int]:
    for event in events:
        if event.reason == "RolloutAborted" and (match := _ABORTED.search(event.message)):
            yield int(match[1])


def _release(facts: Facts, version: Version, before: Version) -> Release | None:
    rollout, revision = facts.rollout, version.revision
    runs = tuple(
        run for run in facts.runs if run.revision == revision or (not run.revision and run.hash == version.hash)
    )
    started = _started(facts, version, runs)
    if started is None:
        return None
    following = _following(facts, revision)
    inside = [event for event in facts.events if _within(event, started, following)]
    decided = tuple(each for each in decisions(inside) if _between(each.at, started, following))
    outcome, why, ended = end_of(facts, revision, decided, runs)
    moved = _switches(facts, version, started) if rollout.blue_green and decided else weights(inside)
    # a controller's events are dropped after 25 of one object in a short time
    moved = _with_missed(moved, facts, revision, runs)
    if outcome is Outcome.PROMOTED and ended and moved and not any(each.percent == 100 for each in moved):
        moved = (*moved, Weight(ended, 100))
    return Release(
        service=rollout.name,
        environment=rollout.namespace,
        strategy=rollout.strategy,
        revision=revision,
        new=version,
        old=before,
        outcome=outcome,
        why=why,
        started=started,
        ended=ended,
        weights=tuple(each for each in moved if _between(each.at, started, following)),
        decisions=decided,
        runs=runs,
    )


def _switches(facts: Facts, version: Version, started: datetime.datetime) -> tuple[Weight, ...]:
    """Blue-green has no traffic before the switch; and with events but without that one it never had any."""
    found = switches(facts.events, text(facts.rollout.plan.get("activeService")), version.hash)
    return found or (Weight(started, 0),)


def _with_missed(known: tuple[Weight, ...], facts: Facts, revision: int, runs: tuple[Run, ...]) -> tuple[Weight, ...]:
    """The weights with those that no event tells of: a step's analysis begins under the weight set before it."""
    if revision != facts.rollout.revision:  # the steps are those of the newest one
        return known
    moved = list(known)
    for run in runs:
        if run.step is None or run.started is None:
            continue
        wanted = [step.weight for step in facts.rollout.steps[: run.step] if step.weight is not None]
        before = [each.percent for each in moved if each.at <= run.started + SLACK]
        if wanted and before[-1:] != wanted[-1:]:
            moved = sorted([*moved, Weight(run.started, wanted[-1])], key=lambda each: each.at)
    return tuple(moved)


def _started(facts: Facts, version: Version, runs: tuple[Run, ...]) -> datetime.datetime | None:
    """When the controller saw the change; the ReplicaSet's own age is wrong for a version that came back."""
    said = _said(facts.events, "RolloutUpdated", f"to revision {version.revision}")
    if said is not None:
        return said
    if not version.former_revisions:
        return moment(version.created)
    return min((run.started for run in runs if run.started is not None), default=None)


def _following(facts: Facts, revision: int) -> datetime.datetime | None:
    """When the next revision began."""
    later = [
        said
        for number in range(revision + 1, facts.rollout.revision + 1)
        if (said := _said(facts.events, "RolloutUpdated", f"to revision {number}")) is not None
    ]
    created = [
        made
        for version in facts.versions
        if version.revision > revision and not version.former_revisions and (made := moment(version.created))
    ]
    return min([*later, *created], default=None)


def _said(events: tuple[Event, ...], reason: str, ending: str) -> datetime.datetime | None:
    return next((event.first for event in events if event.reason == reason and event.message.endswith(ending)), None)


def _within(event: Event, start: datetime.datetime, end: datetime.datetime | None) -> bool:
    return any(_between(at, start, end) for at in event.times)


def _between(at: datetime.datetime, start: datetime.datetime, end: datetime.datetime | None) -> bool:
    return start - SLACK <= at and (end is None or at < end)
