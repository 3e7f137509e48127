"""A release replaces pods one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.kinds import own
from platformctl.checks.numbers import scaled
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import scale
from platformctl.manifests import FieldPath, Manifest, mapping

_MANY = 100  # nodes, as good as any number of them: all is all


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping(manifest.content.get("spec"))
    strategy = mapping(spec.get("strategy"))
    match manifest.kind:
        case "Rollout":
            low = scale(manifest, world).low
            for name in ("canary", "blueGreen"):  # what a Rollout may add has a rule of its own
                yield from _bounds(mapping(strategy.get(name)), ("spec", "strategy", name), low, surges=False)
        case "Deployment":
            pods = scale(manifest, world)
            if strategy.get("type") == "Recreate" and pods.several:
                yield Violation(("spec", "strategy", "type"), "ends all of its pods before it starts the new ones")
            rolling = mapping(strategy.get("rollingUpdate"))
            yield from _bounds(rolling, ("spec", "strategy", "rollingUpdate"), pods.low, surges=True)
        case _:
            yield from _of_set(manifest, mapping(spec.get("updateStrategy")), world)


def _of_set(manifest: Manifest, strategy: Mapping[str, Any], world: World) -> Iterator[Violation]:
    if strategy.get("type") == "OnDelete":
        problem = "changes no pod until somebody deletes it: Git and cluster differ unseen"
        yield Violation(("spec", "updateStrategy", "type"), problem)
    low = _MANY if manifest.kind == "DaemonSet" else scale(manifest, world).low
    rolling = mapping(strategy.get("rollingUpdate"))
    yield from _bounds(rolling, ("spec", "updateStrategy", "rollingUpdate"), low, surges=False)


def _bounds(rolling: Mapping[str, Any], path: FieldPath, low: int, *, surges: bool) -> Iterator[Violation]:
    """Neither all pods at once nor none at all; a single pod has no other way."""
    unavailable = scaled(rolling.get("maxUnavailable"), low, up=False)
    if unavailable is not None and 1 < low <= unavailable:
        yield Violation(
            (*path, "maxUnavailable"), f"{rolling['maxUnavailable']} of {low} pods may be away at once: all"
        )
    if surges and unavailable == 0 and scaled(rolling.get("maxSurge"), low or 1, up=True) == 0:
        yield Violation((*path, "maxSurge"), "can neither add a pod nor take one away")


CHECK = Check("rolling-update", frozenset({"Deployment", "Rollout", "StatefulSet", "DaemonSet"}), own(_judge))
