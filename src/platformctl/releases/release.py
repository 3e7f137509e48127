"""One release: from which version to which, when, what was decided, and how it ended."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text
from platformctl.releases.analysis import Run
from platformctl.releases.decisions import Decision, Weight, decisions, switches, weights
from platformctl.releases.events import Event
from platformctl.releases.facts import Facts, Version
from platformctl.releases.moments import moment

SLACK = datetime.timedelta(seconds=2)  # the API's times have no parts of a second


class Outcome(StrEnum):
    """How a release ended, or that it did not yet."""

    RUNNING = "running"
    WAITING = "waiting"
    PROMOTED = "promoted"
    ABORTED = "aborted"
    DEGRADED = "degraded"
    REPLACED = "replaced"  # by a newer one, before it had ended


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
    found = []
    for version, revision in _revisions(facts):
        before = _served_before(facts, revision)
        if before is not None and before.hash != version.hash:
            found.append(_release(facts, version, before, revision))
    return tuple(found)


def latest(facts: Facts) -> Release:
    """The newest release; an error when there never was one."""
    found = releases(facts)
    if not found:
        name = facts.rollout.name
        raise PlatformError(
            f"{name} in {facts.rollout.namespace} was never released",
            why="it still runs its first version, or the ReplicaSets of the former ones are gone",
            fix=f"push a change of {name} first",
        )
    return found[0]


def _revisions(facts: Facts) -> Iterator[tuple[Version, int]]:
    """Each version at its newest revision, newest first; a former revision of a version left nothing but its number."""
    yield from ((version, version.revision) for version in facts.versions if version.revision)


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
    aborted = {int(match) for match in _aborted_revisions(facts.events)}
    good = [number for number in older if number not in aborted] or list(older)
    return older[max(good)] if good else None


def _aborted_revisions(events: tuple[Event, ...]) -> Iterator[str]:
    for event in events:
        if event.reason == "RolloutAborted":
            words = event.message.partition("update to revision ")[2].split(":")[0].split()
            yield from (word for word in words[:1] if word.isdigit())


def _release(facts: Facts, version: Version, before: Version, revision: int) -> Release:
    rollout = facts.rollout
    runs = tuple(
        run for run in facts.runs if run.revision == revision or (not run.revision and run.hash == version.hash)
    )
    started = _started(facts, version, revision, runs)
    following = _following(facts, revision)
    inside = [event for event in facts.events if _within(event, started, following)]
    decided = tuple(each for each in decisions(inside) if _between(each.at, started, following))
    outcome, why, ended = _end(facts, revision, decided, runs)
    moved = _switches(facts, version, started) if rollout.blue_green and decided else weights(inside)
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


def _started(facts: Facts, version: Version, revision: int, runs: tuple[Run, ...]) -> datetime.datetime:
    """When the controller saw the change; the ReplicaSet's own age is wrong for a version that came back."""
    said = _said(facts.events, "RolloutUpdated", f"to revision {revision}")
    if said is not None:
        return said
    if not version.former_revisions and (created := moment(version.created)):
        return created
    known = [run.started for run in runs if run.started is not None]
    if known:
        return min(known)
    raise PlatformError(
        f"nobody knows any more when revision {revision} of {facts.rollout.name} began",
        why="its event has expired, its ReplicaSet is older than it, and it had no analysis",
        fix="ask for a newer release",
    )


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


def _end(
    facts: Facts, revision: int, decided: tuple[Decision, ...], runs: tuple[Run, ...]
) -> tuple[Outcome, str, datetime.datetime | None]:
    """The outcome, why, and when."""
    rollout = facts.rollout
    if revision == rollout.revision:
        return _present(facts, decided, runs)
    last = next((each for each in reversed(decided) if each.kind in ("promote", "abort")), None)
    if last is not None:
        outcome = Outcome.PROMOTED if last.kind == "promote" else Outcome.ABORTED
        return outcome, last.text, last.at
    failed = [run for run in runs if run.phase in ("Failed", "Error")]
    if failed:
        return Outcome.ABORTED, failed[-1].message, failed[-1].ended
    return Outcome.REPLACED, "a newer version came before this one had ended, or its end is not recorded any more", None


def _present(
    facts: Facts, decided: tuple[Decision, ...], runs: tuple[Run, ...]
) -> tuple[Outcome, str, datetime.datetime | None]:
    rollout = facts.rollout
    if rollout.aborted:
        at = moment(rollout.status.get("abortedAt"))
        return Outcome.ABORTED, rollout.message, at or _time_of(decided, "abort")
    if rollout.phase == "Degraded":
        return Outcome.DEGRADED, rollout.message, _changed(facts, "Progressing")
    if rollout.promoted and rollout.phase == "Healthy":
        skipped = any(each.kind == "skip" for each in decided)
        why = "a version of before, so its steps were skipped" if skipped else "every step was passed"
        return Outcome.PROMOTED, why, _time_of(decided, "promote") or _changed(facts, "Completed")
    if rollout.phase == "Paused":
        return Outcome.WAITING, ", ".join(rollout.pauses) or rollout.message, None
    return Outcome.RUNNING, rollout.message, None


def _time_of(decided: tuple[Decision, ...], kind: str) -> datetime.datetime | None:
    return next((each.at for each in reversed(decided) if each.kind == kind), None)


def _changed(facts: Facts, condition: str) -> datetime.datetime | None:
    """When a condition of the Rollout last changed."""
    for each in map(mapping, items(facts.rollout.status.get("conditions"))):
        if each.get("type") == condition:
            return moment(each.get("lastTransitionTime"))
    return None
