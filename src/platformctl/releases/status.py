"""One line for each Rollout and environment."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from platformctl.errors import PlatformError
from platformctl.releases.analysis import worst
from platformctl.releases.facts import Facts
from platformctl.releases.moments import between
from platformctl.releases.release import releases

HEAD = (
    "service", "environment", "strategy", "phase", "step", "weight", "version", "ready", "age", "analysis",
)  # fmt: skip


def rows(found: Sequence[Facts], present: datetime.datetime) -> list[tuple[str, ...]]:
    """The table with its head; `age` is that of the newest release, `version` old → new while there are two."""
    return [HEAD, *(_row(facts, present) for facts in found)]


def settled(facts: Facts) -> bool:
    """Whether everybody is served by what Git wants and all its pods are well."""
    return facts.rollout.phase == "Healthy" and facts.rollout.promoted


def check_any(found: Sequence[Facts]) -> None:
    """An error when there is nothing to show: an empty table would look like peace."""
    if not found:
        raise PlatformError(
            "there is no Rollout on this cluster",
            why="the API server has none, or its kind is not known yet",
            fix="run `make up`, or choose another cluster with --name or --context",
        )


def _row(facts: Facts, present: datetime.datetime) -> tuple[str, ...]:
    rollout = facts.rollout
    return (
        rollout.name,
        rollout.namespace,
        rollout.strategy,
        _phase(facts),
        "-"
        if rollout.blue_green or not rollout.steps
        else f"{min(rollout.step, len(rollout.steps))}/{len(rollout.steps)}",
        f"{rollout.weight} %",
        _versions(facts),
        _ready(facts),
        _age(facts, present),
        worst(facts.current_runs()) or "-",
    )


def _phase(facts: Facts) -> str:
    rollout = facts.rollout
    if rollout.aborted:
        return "Aborted"
    if rollout.phase == "Paused" and rollout.pauses:
        return f"Paused ({rollout.pauses[0]})"
    return rollout.phase


def _versions(facts: Facts) -> str:
    rollout = facts.rollout
    known = {each.hash: each.image for each in facts.versions}
    new = known.get(rollout.current, rollout.current or "-")
    if rollout.promoted or not rollout.stable:
        return new
    return f"{known.get(rollout.stable, rollout.stable)} → {new}"


def _ready(facts: Facts) -> str:
    rollout = facts.rollout
    new = sum(pod.ready for pod in facts.pods_of(rollout.current))
    if rollout.promoted:
        return f"{new}/{rollout.replicas}"
    old = sum(pod.ready for pod in facts.pods_of(rollout.stable))
    return f"{old} old, {new} new"


def _age(facts: Facts, present: datetime.datetime) -> str:
    found = releases(facts)
    return between(found[0].started, present) if found else "-"
