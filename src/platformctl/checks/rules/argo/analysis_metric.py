"""Each measurement says what is measured, how often, and what is good."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import GROUP, is_duration
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

KINDS = frozenset({"AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun"})
_ARGUMENT = re.compile(r"^{{ *args\.([\w-]+) *}}$")
_JUDGING_PROVIDERS = ("job", "kayenta")  # they say themselves whether it went well
_LIMITS = {"failureLimit": -1, "inconclusiveLimit": 0, "consecutiveErrorLimit": 0, "consecutiveSuccessLimit": 0}


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.api_version.startswith(GROUP):
        return
    spec = mapping(manifest.content.get("spec"))
    metrics = items(spec.get("metrics"))
    if not metrics and not items(spec.get("templates")):
        yield Violation(("spec", "metrics"), "nothing is measured")
    seen: set[str] = set()
    for index, entry in enumerate(metrics):
        path, metric = ("spec", "metrics", index), mapping(entry)
        name = text(metric.get("name"))
        if name in seen:
            yield Violation((*path, "name"), f"two metrics are called {name}")
        seen.add(name)
        yield from _provider(path, metric)
        yield from _conditions(path, metric)
        yield from _times(path, metric)
        yield from _limits(path, metric)
        if manifest.kind != "AnalysisRun":
            yield from _counted(path, metric, spec)


def _counted(path: FieldPath, metric: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Violation]:
    """The controller refuses a Rollout when a template of its steps needs the Rollout's argument to have a number."""
    found = _ARGUMENT.match(text(metric.get("count")))
    own = {text(mapping(each).get("name")): mapping(each).get("value") for each in items(spec.get("args"))}
    if found and _number(own.get(found[1])) is None:
        yield Violation((*path, "count"), f"the argument {found[1]} has no number of its own, so no step may use this")


def _provider(path: FieldPath, metric: Mapping[str, Any]) -> Iterator[Violation]:
    providers = [key for key, value in mapping(metric.get("provider")).items() if value is not None]
    if len(providers) != 1:
        yield Violation((*path, "provider"), f"a metric has one provider, this one {' and '.join(providers) or 'none'}")


def _conditions(path: FieldPath, metric: Mapping[str, Any]) -> Iterator[Violation]:
    given = [key for key in ("successCondition", "failureCondition") if metric.get(key)]
    providers = mapping(metric.get("provider"))
    if not given and providers and not any(key in providers for key in _JUDGING_PROVIDERS):
        yield Violation(path, "no successCondition and no failureCondition: every result is good")
    if len(given) == 2 and metric.get("inconclusiveLimit") is None:
        yield Violation(path, "two conditions and no inconclusiveLimit: a result that meets neither halts the release")


def _times(path: FieldPath, metric: Mapping[str, Any]) -> Iterator[Violation]:
    for key in ("interval", "initialDelay"):
        value = metric.get(key)
        if value is not None and not is_duration(value):
            yield Violation((*path, key), f"{value} is no duration like 30s, 5m or 1h")
    count = _number(metric.get("count"))
    if count is not None and count > 1 and not metric.get("interval"):
        yield Violation((*path, "interval"), f"a metric that is taken {count} times needs an interval")


def _limits(path: FieldPath, metric: Mapping[str, Any]) -> Iterator[Violation]:
    for key, least in _LIMITS.items():
        value = _number(metric.get(key))
        if value is not None and value < least:
            yield Violation((*path, key), f"{key} is {value}")
    count = _number(metric.get("count")) or 0
    failures, successes = _number(metric.get("failureLimit")) or 0, _number(metric.get("consecutiveSuccessLimit")) or 0
    if failures == -1 and successes == 0:
        yield Violation((*path, "failureLimit"), "neither failureLimit nor consecutiveSuccessLimit ends it")
    if 0 < count < max(failures, 0) + successes:
        yield Violation((*path, "count"), f"{count} measurements never reach {max(failures, 0) + successes} limits")


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


CHECK = Check("analysis-metric", KINDS, _judge)
