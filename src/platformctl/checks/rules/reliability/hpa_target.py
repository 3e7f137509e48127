"""Autoscalers scale something that is there."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import HPA, SCALED, group, rollout_of
from platformctl.manifests import Manifest, mapping, text

_PATH = ("spec", "scaleTargetRef")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    reference = mapping(mapping(manifest.content.get("spec")).get("scaleTargetRef"))
    version, kind, name = (text(reference.get(each)) for each in ("apiVersion", "kind", "name"))
    target = world.find(kind, manifest.namespace, name)
    if target is not None and group(target.api_version) == group(version):
        rollout = rollout_of(target, world)
        if rollout is not None:
            yield Violation(_PATH, f"scales the {kind} {name}, whose pods belong to the Rollout {rollout.name}")
        return
    other = target or next(filter(None, (world.find(each, manifest.namespace, name) for each in sorted(SCALED))), None)
    if other is not None:
        yield Violation(
            _PATH, f"scales the {version} {kind} {name}; what is there is a {other.api_version} {other.kind}"
        )
    elif kind in SCALED and world.describes(*SCALED):
        yield Violation(_PATH, f"scales the {kind} {name}, which does not exist")


CHECK = Check("hpa-target", frozenset({HPA}), own(_judge))
