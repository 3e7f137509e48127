"""A release in one sentence."""

from __future__ import annotations

from platformctl.releases.analysis import Metric, Run
from platformctl.releases.moments import between
from platformctl.releases.outcomes import Outcome
from platformctl.releases.release import Release


def verdict(release: Release) -> str:
    """How it ended, where, after how long, and what decided that."""
    took = between(release.started, release.ended)
    if release.outcome is Outcome.PROMOTED:
        return f"Promoted after {took}: {_passed(release)}."
    if release.outcome in (Outcome.ABORTED, Outcome.DEGRADED):
        stable = release.old.image if release.old else "the former version"
        word = "Aborted" if release.outcome is Outcome.ABORTED else "Stuck"
        return f"{word} at {highest(release)} % of the traffic after {took}: {_cause(release)}; {stable} kept serving."
    if release.outcome is Outcome.WAITING:
        return f"Waiting at {highest(release)} % of the traffic: {release.why}."
    if release.outcome is Outcome.RUNNING:
        return f"Still under way, at {highest(release)} % of the traffic: {release.why or 'no message'}."
    return f"Ended by something else: {release.why}."


def highest(release: Release) -> int:
    """The most traffic that the new version ever got, in percent, as far as it is recorded."""
    return max((weight.percent for weight in release.weights), default=0)


def failing(release: Release) -> tuple[Run, Metric] | None:
    """The first metric that was not content, with its run."""
    for phase in ("Failed", "Error", "Inconclusive"):
        for run in release.runs:
            for metric in run.metrics:
                if metric.phase == phase:
                    return run, metric
    return None


def _passed(release: Release) -> str:
    runs = [run for run in release.runs if run.phase == "Successful"]
    measured = sum(len(metric.measurements) for run in runs for metric in run.metrics)
    if not measured:
        return release.why or "nothing was measured"
    return f"{_many(len(runs), 'analysis', 'analyses')} with {_many(measured, 'measurement', 'measurements')} passed"


def _cause(release: Release) -> str:
    found = failing(release)
    if found is None:
        return _plain(release.why) or "no reason was recorded"
    _, metric = found
    bad = [each for each in metric.measurements if each.phase != "Successful"]
    times = f"{len(bad)} of {_many(len(metric.measurements), 'measurement', 'measurements')}"
    if metric.phase == "Inconclusive":
        return f"{metric.name} had no verdict in {times}"
    if metric.phase == "Error" or not bad:
        return f"{metric.name} could not be measured: {metric.message or (bad[-1].message if bad else 'no message')}"
    last = bad[-1]
    if not last.shown:  # a Job has an end, and no value
        return f"{metric.name} failed in {times}"
    wanted = f" where {metric.limit} is good" if metric.limit else ""
    return f"{metric.name} was {last.brief}{wanted}, bad in {times}"


def _plain(message: str) -> str:
    return message.rstrip(".")


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
