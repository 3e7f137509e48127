"""Analysis runs: what was measured, when, and against which limit."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.manifests import items, mapping, text
from platformctl.releases.limits import Limit, filled, limit
from platformctl.releases.moments import moment
from platformctl.releases.rollout import HASH_LABEL, REVISION, number

ENDED = ("Successful", "Failed", "Error", "Inconclusive")
BAD = ("Failed", "Error", "Inconclusive")
_WORST_FIRST = ("Failed", "Error", "Inconclusive", "Running", "Pending", "Successful")


@dataclass(frozen=True)
class Measurement:
    """One measurement; `value` is None when the result is no single number (no data, NaN, a Job's end)."""

    phase: str
    value: float | None
    shown: str
    at: datetime.datetime | None
    message: str = ""

    @property
    def brief(self) -> str:
        """The value for people: four digits of a number, else what the provider said, else the end of it."""
        return f"{self.value:.4g}" if self.value is not None else self.shown or self.phase


@dataclass(frozen=True)
class Metric:
    """One question of a run, with its answers so far."""

    name: str
    phase: str
    condition: str
    limit: Limit | None
    measurements: tuple[Measurement, ...]
    wanted: int | None  # how many measurements there will be; None without an end
    allowed_failures: int
    failed: int
    message: str = ""
    query: str = ""

    @property
    def values(self) -> tuple[float | None, ...]:
        """The measured numbers, oldest first."""
        return tuple(each.value for each in self.measurements)


@dataclass(frozen=True)
class Run:
    """An AnalysisRun of a Rollout; `kind` is where the strategy started it: Step, Background, PrePromotion…"""

    name: str
    kind: str
    phase: str
    message: str
    hash: str
    revision: int
    step: int | None
    started: datetime.datetime | None
    ended: datetime.datetime | None
    metrics: tuple[Metric, ...]

    @property
    def over(self) -> bool:
        """Whether it has a verdict."""
        return self.phase in ENDED

    @property
    def terminated(self) -> bool:
        """Whether it was told to stop, so that its success says little."""
        return self.phase == "Successful" and "terminated" in self.message.lower()


def worst(runs: Iterable[Run]) -> str:
    """The one verdict of several runs; empty when there is none."""
    phases = {run.phase for run in runs}
    return next((phase for phase in _WORST_FIRST if phase in phases), "")


def run_of(content: Mapping[str, Any]) -> Run:
    """A run from its object."""
    metadata, spec, status = (mapping(content.get(key)) for key in ("metadata", "spec", "status"))
    labels, annotations = mapping(metadata.get("labels")), mapping(metadata.get("annotations"))
    results = {text(each.get("name")): each for each in map(mapping, items(status.get("metricResults")))}
    arguments = {
        text(each.get("name")): str(each["value"]) for each in map(mapping, items(spec.get("args"))) if "value" in each
    }
    step = labels.get("step-index")
    return Run(
        name=text(metadata.get("name")),
        kind=text(labels.get("rollout-type")) or "Run",
        phase=text(status.get("phase")) or "Pending",
        message=text(status.get("message")),
        hash=text(labels.get(HASH_LABEL)),
        revision=number(annotations.get(REVISION)),
        step=number(step) if isinstance(step, str) and step.isdigit() else None,
        started=moment(status.get("startedAt")) or moment(metadata.get("creationTimestamp")),
        ended=moment(status.get("completedAt")) or _last_end(results.values()),
        metrics=tuple(
            _metric(each, mapping(results.get(text(each.get("name")))), arguments)
            for each in map(mapping, items(spec.get("metrics")))
        ),
    )


def value_of(shown: str) -> float | None:
    """The number in a measured value: `0.98`, `[0.98]`, `[0.98,1]` (the first); None for NaN, nothing, or a word."""
    try:
        found = json.loads(shown)
        while isinstance(found, list):
            found = found[0]
    except (ValueError, IndexError):
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None
    return float(found)


def _metric(spec: Mapping[str, Any], result: Mapping[str, Any], arguments: Mapping[str, str]) -> Metric:
    success, failure = (filled(text(spec.get(key)), arguments) for key in ("successCondition", "failureCondition"))
    count = spec.get("count")
    count = filled(count, arguments) if isinstance(count, str) else count
    wanted = number(count) or (None if spec.get("interval") else 1)
    return Metric(
        name=text(spec.get("name")),
        phase=text(result.get("phase")) or "Pending",
        condition=success or (f"not ({failure})" if failure else ""),
        limit=limit(success, failure),
        measurements=tuple(_measurement(mapping(each)) for each in items(result.get("measurements"))),
        wanted=wanted,
        allowed_failures=number(spec.get("failureLimit")),
        failed=number(result.get("failed")),
        message=text(result.get("message")),
        query=text(mapping(result.get("metadata")).get("ResolvedPrometheusQuery")),
    )


def _measurement(content: Mapping[str, Any]) -> Measurement:
    shown = text(content.get("value"))
    return Measurement(
        phase=text(content.get("phase")) or "Pending",
        value=value_of(shown),
        shown=shown,
        at=moment(content.get("finishedAt")) or moment(content.get("startedAt")),
        message=text(content.get("message")),
    )


def _last_end(results: Iterable[Mapping[str, Any]]) -> datetime.datetime | None:
    ends = [moment(mapping(each).get("finishedAt")) for result in results for each in items(result.get("measurements"))]
    return max((end for end in ends if end is not None), default=None)
