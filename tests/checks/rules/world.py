"""Worlds of a few objects, for tests of rules."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from platformctl.checks import limits
from platformctl.checks.protocol import Check, World
from platformctl.manifests import Manifest, dotted, parse

GROUPS = {"Rollout": "argoproj.io/v1alpha1", "StatefulSet": "apps/v1", "Deployment": "apps/v1", "DaemonSet": "apps/v1"}
LABELS = {"app": "web"}

Object = dict[str, Any]


def workload(kind: str = "Deployment", pod: Any = None, name: str = "web", **spec: Any) -> Object:
    """A workload whose pods carry the label app=<name>."""
    own = {"app": name}
    template = {"metadata": {"labels": own}, "spec": {"containers": [container()]} if pod is None else pod}
    metadata = {"name": name, "namespace": "shop"}
    body = {"selector": {"matchLabels": own}, "template": template, **spec}
    return {"apiVersion": GROUPS.get(kind, "v1"), "kind": kind, "metadata": metadata, "spec": body}


def container(requests: Any = None, limits: Any = None, **fields: Any) -> Object:
    """A container with these resources."""
    resources = {key: value for key, value in (("requests", requests), ("limits", limits)) if value is not None}
    return {"name": "web", "image": "web:1", "resources": resources, **fields}


def other(kind: str, name: str = "web", api_version: str = "v1", **spec: Any) -> Object:
    """An object of another kind in the same namespace."""
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def autoscaler(kind: str, least: int, most: int, name: str = "web", target: str = "web") -> Object:
    """A HorizontalPodAutoscaler of a workload."""
    reference = {"apiVersion": GROUPS[kind], "kind": kind, "name": target}
    bounds = {"minReplicas": least, "maxReplicas": most}
    return other("HorizontalPodAutoscaler", name, "autoscaling/v2", scaleTargetRef=reference, **bounds)


def budget(name: str = "web", **spec: Any) -> Object:
    """A PodDisruptionBudget of the pods with the label app=web."""
    return other("PodDisruptionBudget", name, "policy/v1", **{"selector": {"matchLabels": LABELS}, **spec})


def manifests(*objects: Mapping[str, Any]) -> list[Manifest]:
    """The objects as they are read from a file."""
    return [Manifest(copy.deepcopy(dict(each)), "test.yaml", None) for each in objects]


def found(
    check: Check, *objects: Mapping[str, Any], whole: bool = False, bounds: limits.Limits = limits.NONE
) -> list[str]:
    """Where a rule is broken among the objects: Kind/name path."""
    world = World(manifests(*objects), whole=whole, limits=bounds)
    return sorted(
        f"{manifest.kind}/{manifest.name} {dotted(violation.path)}"
        for manifest in world.manifests
        if manifest.kind in check.kinds
        for violation in check.judge(manifest, world)
    )


def written(text: str) -> list[Mapping[str, Any]]:
    """The objects in a text."""
    return [each.content for each in parse(text, "test.yaml") if isinstance(each, Manifest)]
