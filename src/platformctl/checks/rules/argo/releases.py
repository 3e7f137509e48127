"""What a Rollout says: its strategy, its steps, and what it refers to, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

GROUP = "argoproj.io/"
STRATEGY: FieldPath = ("spec", "strategy")
CANARY: FieldPath = (*STRATEGY, "canary")
BLUE_GREEN: FieldPath = (*STRATEGY, "blueGreen")
ROUTING: FieldPath = (*CANARY, "trafficRouting")
HASH = "rollouts-pod-template-hash"  # the label that Argo Rollouts adds itself
ACTIONS = (
    "setWeight",
    "pause",
    "experiment",
    "analysis",
    "setCanaryScale",
    "setHeaderRoute",
    "setMirrorRoute",
    "plugin",
)
_DURATION = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*|0")
_ARGUMENT = re.compile(r"\{\{")


@dataclass(frozen=True)
class Step:
    """One step of a canary with its place."""

    path: FieldPath
    content: Mapping[str, Any]

    @property
    def actions(self) -> list[str]:
        """What it does."""
        return [action for action in ACTIONS if self.content.get(action) is not None]


@dataclass(frozen=True)
class Reference:
    """A name in a Rollout, what it is for, and where it stands."""

    path: FieldPath
    role: str
    name: str


@dataclass(frozen=True)
class Analysis:
    """The use of analysis templates: which, with which arguments, and whether it may run without an end.

    `patterns` are the places and regular expressions by which it names metrics: each has to meet one.
    """

    path: FieldPath
    templates: tuple[tuple[FieldPath, str, str], ...]  # place, kind and name
    arguments: frozenset[str]
    background: bool = False
    patterns: tuple[tuple[FieldPath, str], ...] = ()


def strategy(manifest: Manifest) -> Mapping[str, Any]:
    """The strategy of a Rollout; nothing for another kind of that name."""
    if not manifest.api_version.startswith(GROUP):
        return {}
    return mapping(mapping(manifest.content.get("spec")).get("strategy"))


def canary(manifest: Manifest) -> Mapping[str, Any]:
    """The canary strategy, when it is that."""
    return mapping(strategy(manifest).get("canary"))


def blue_green(manifest: Manifest) -> Mapping[str, Any]:
    """The blue-green strategy, when it is that."""
    return mapping(strategy(manifest).get("blueGreen"))


def steps(manifest: Manifest) -> Iterator[Step]:
    """The steps of a canary, in their order."""
    for index, content in enumerate(items(canary(manifest).get("steps"))):
        yield Step((*CANARY, "steps", index), mapping(content))


def services(manifest: Manifest) -> Iterator[Reference]:
    """The Services that the controller points at one version or the other."""
    yield from _named(canary(manifest), CANARY, "canaryService", "stableService")
    yield from _named(mapping(canary(manifest).get("pingPong")), (*CANARY, "pingPong"), "pingService", "pongService")
    yield from _named(blue_green(manifest), BLUE_GREEN, "activeService", "previewService")


def root_services(manifest: Manifest) -> Iterator[Reference]:
    """The Services in front of both versions."""
    routing = mapping(canary(manifest).get("trafficRouting"))
    for router in ("alb", "smi"):
        yield from _named(mapping(routing.get(router)), (*ROUTING, router), "rootService")


def _named(content: Mapping[str, Any], path: FieldPath, *fields: str) -> Iterator[Reference]:
    for field in fields:
        if name := text(content.get(field)):
            yield Reference((*path, field), field, name)


def analyses(manifest: Manifest) -> Iterator[Analysis]:
    """Every use of an analysis in a Rollout."""
    background = mapping(canary(manifest).get("analysis"))
    if background:
        yield _analysis(background, (*CANARY, "analysis"), background=True)
    for field in ("prePromotionAnalysis", "postPromotionAnalysis"):
        content = mapping(blue_green(manifest).get(field))
        if content:
            yield _analysis(content, (*BLUE_GREEN, field))
    for step in steps(manifest):
        content = mapping(step.content.get("analysis"))
        if content:
            yield _analysis(content, (*step.path, "analysis"))
        experiment = mapping(step.content.get("experiment"))
        for index, each in enumerate(items(experiment.get("analyses"))):
            path = (*step.path, "experiment", "analyses", index)
            ended = bool(experiment.get("duration")) or not mapping(each).get("requiredForCompletion")
            yield _analysis({**mapping(each), "templates": [each]}, path, background=ended)


def _analysis(content: Mapping[str, Any], path: FieldPath, *, background: bool = False) -> Analysis:
    templates = tuple(
        ((*path, "templates", index), template_kind(mapping(each)), text(mapping(each).get("templateName")))
        for index, each in enumerate(items(content.get("templates")))
    )
    arguments = frozenset(text(mapping(each).get("name")) for each in items(content.get("args")))
    patterns = tuple(
        ((*path, field, index, "metricName"), text(mapping(each).get("metricName")))
        for field in ("dryRun", "measurementRetention")
        for index, each in enumerate(items(content.get(field)))
    )
    return Analysis(path, templates, arguments, background, patterns)


def template_kind(reference: Mapping[str, Any]) -> str:
    """The kind of template that a reference means."""
    return "ClusterAnalysisTemplate" if reference.get("clusterScope") is True else "AnalysisTemplate"


def template(manifest: Manifest, kind: str, name: str, world: World) -> Manifest | None:
    """The analysis template of that name, as the Rollout's controller finds it."""
    return world.find(kind, manifest.namespace if kind == "AnalysisTemplate" else "", name)


def pod_labels(manifest: Manifest, world: World) -> Mapping[str, Any] | None:
    """The labels of a Rollout's pods; None when they come from a workload that is not here."""
    reference = mapping(mapping(manifest.content.get("spec")).get("workloadRef"))
    if reference:
        found = world.find(text(reference.get("kind")), manifest.namespace, text(reference.get("name")))
        if found is None:
            return None
        manifest = found
    pod = pod_of(manifest)
    return mapping(pod.metadata.get("labels")) if pod else {}


def is_duration(value: object) -> bool:
    """Whether that is a Go duration, or an argument that will be one."""
    return isinstance(value, str) and bool(_DURATION.fullmatch(value) or _ARGUMENT.search(value))
