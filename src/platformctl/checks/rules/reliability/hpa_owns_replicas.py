"""What an autoscaler decides is not in Git."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import SCALED, autoscalers, key
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    scalers = world.derived(autoscalers).get(key(manifest), ())
    replicas = mapping(manifest.content.get("spec")).get("replicas")
    if scalers and replicas is not None:
        problem = f"says {replicas} replicas, which the HorizontalPodAutoscaler {scalers[0].name} decides"
        yield Violation(("spec", "replicas"), problem)


CHECK = Check("hpa-owns-replicas", SCALED, own(_judge))
