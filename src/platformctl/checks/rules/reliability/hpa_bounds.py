"""An autoscaler has two pods at least, and room above."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.numbers import whole
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import HPA
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping(manifest.content.get("spec"))
    least, most = whole(spec.get("minReplicas"), 1), whole(spec.get("maxReplicas"))
    if least < 2:
        yield Violation(("spec", "minReplicas"), f"scales down to {least}: while that one moves nobody answers")
    if most <= least:
        yield Violation(("spec", "maxReplicas"), f"cannot scale: at least {least}, at most {most}")


CHECK = Check("hpa-bounds", frozenset({HPA}), own(_judge))
