"""What changed between two looks at a release, a line each: what a pipe or a log gets instead of the live picture."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.releases.analysis import Metric, Run
from platformctl.releases.facts import Facts, Version
from platformctl.releases.live import waits_for
from platformctl.releases.rollout import Rollout


def changes(before: Facts | None, after: Facts) -> Iterator[str]:
    """One line a change; everything is one at the first look, except for events and measurements of before."""
    if before is None:
        yield from _first(after)
        return
    yield from _rollout(before.rollout, after.rollout)
    yield from _pods(before, after)
    yield from _analysis(before.current_runs(), after.current_runs())


def _first(facts: Facts) -> Iterator[str]:
    rollout = facts.rollout
    yield f"{rollout.name} in {rollout.namespace}, {rollout.strategy}, revision {rollout.revision}: {_phase(rollout)}"
    old, new = facts.version(rollout.stable), facts.version(rollout.current)
    yield f"version {_image(old)} → {_image(new)}" if old != new else f"version {_image(new)}"
    yield f"weight {rollout.weight} %"
    if rollout.steps:
        yield _step(rollout)
    for run in facts.current_runs():
        yield f"analysis {run.name}: {run.phase}"


def _rollout(before: Rollout, after: Rollout) -> Iterator[str]:
    if before.revision != after.revision:
        yield f"revision {after.revision} replaces revision {before.revision}"
    if before.weight != after.weight:
        yield f"weight {before.weight} % → {after.weight} %"
    if before.step != after.step and after.steps and not after.aborted:  # an abort counts from 0 again
        yield _step(after)
    if _phase(before) != _phase(after):
        yield _phase(after)
    elif waits_for(after) and waits_for(before) != waits_for(after):
        yield waits_for(after)


def _step(rollout: Rollout) -> str:
    if rollout.step >= len(rollout.steps):
        return f"step {len(rollout.steps)} of {len(rollout.steps)}: all done"
    return f"step {rollout.step + 1} of {len(rollout.steps)}: {rollout.steps[rollout.step].shown}"


def _phase(rollout: Rollout) -> str:
    phase = "Aborted" if rollout.aborted else rollout.phase
    note = waits_for(rollout) or rollout.message
    return f"{phase}: {note}" if note else phase


def _pods(before: Facts, after: Facts) -> Iterator[str]:
    known = {pod.name: pod for pod in before.pods}
    for pod in after.pods:
        former = known.get(pod.name)
        if former is None or (former.shown, former.restarts) != (pod.shown, pod.restarts):
            again = f", restarted {pod.restarts} times" if pod.restarts else ""
            yield f"pod {pod.name}: {pod.shown}{again}"
    for name in sorted(set(known) - {pod.name for pod in after.pods}):
        yield f"pod {name}: gone"


def _analysis(before: tuple[Run, ...], after: tuple[Run, ...]) -> Iterator[str]:
    known = {run.name: run for run in before}
    for run in after:
        former = known.get(run.name)
        counts = {metric.name: len(metric.measurements) for metric in former.metrics} if former else {}
        for metric in run.metrics:
            yield from _measured(metric, counts.get(metric.name, 0))
        if former is None or former.phase != run.phase:
            yield f"analysis {run.name}: {run.phase}{f': {run.message}' if run.message else ''}"


def _measured(metric: Metric, known: int) -> Iterator[str]:
    for measurement in metric.measurements[known:]:
        limit = f" (limit {metric.limit})" if metric.limit else ""
        why = f": {measurement.message}" if measurement.message else ""
        value = f" {measurement.brief}" if measurement.shown else ""
        yield f"{metric.name}{value}{limit}: {measurement.phase}{why}"


def _image(version: Version | None) -> str:
    return version.image if version else "unknown"
