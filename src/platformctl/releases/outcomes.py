"""How a release ended, when, and why."""

from __future__ import annotations

import datetime
from enum import StrEnum

from platformctl.manifests import items, mapping
from platformctl.releases.analysis import Run
from platformctl.releases.decisions import Decision
from platformctl.releases.facts import Facts
from platformctl.releases.moments import moment

End = tuple["Outcome", str, datetime.datetime | None]  # how, why, and when; None where it did not yet, or nobody knows


class Outcome(StrEnum):
    """How a release ended, or that it did not yet."""

    RUNNING = "running"
    WAITING = "waiting"
    PROMOTED = "promoted"
    ABORTED = "aborted"
    DEGRADED = "degraded"
    REPLACED = "replaced"  # by a newer one, before it had ended


def end_of(facts: Facts, revision: int, decided: tuple[Decision, ...], runs: tuple[Run, ...]) -> End:
    """The outcome, why, and when."""
    rollout = facts.rollout
    if revision == rollout.revision:
        return _present(facts, decided)
    if revision > rollout.revision:  # the controller makes the ReplicaSet first
        return Outcome.RUNNING, "it has just begun", None
    last = next((each for each in reversed(decided) if each.kind in ("promote", "abort")), None)
    if last is not None:
        outcome = Outcome.PROMOTED if last.kind == "promote" else Outcome.ABORTED
        return outcome, last.text, last.at
    failed = [run for run in runs if run.phase in ("Failed", "Error")]
    if failed:
        return Outcome.ABORTED, failed[-1].message, failed[-1].ended
    return Outcome.REPLACED, "a newer version came before this one had ended, or its end is not recorded any more", None


def _present(facts: Facts, decided: tuple[Decision, ...]) -> End:
    rollout = facts.rollout
    if rollout.aborted:
        at = moment(rollout.status.get("abortedAt"))
        return Outcome.ABORTED, rollout.message, at or _time_of(decided, "abort")
    if rollout.phase == "Degraded":
        return Outcome.DEGRADED, rollout.message, _changed(facts, "Progressing")
    if rollout.promoted:  # whatever its pods do now is no part of the release any more
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
