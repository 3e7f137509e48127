"""One autoscaler for one workload."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import HPA, autoscalers, group
from platformctl.manifests import Manifest, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    reference = mapping(mapping(manifest.content.get("spec")).get("scaleTargetRef"))
    version, kind, name = (text(reference.get(each)) for each in ("apiVersion", "kind", "name"))
    same = world.derived(autoscalers).get((group(version), kind, manifest.namespace, name), ())
    others = sorted({other.name for other in same if other.name != manifest.name})
    if others:
        yield Violation(("spec", "scaleTargetRef"), f"scales {kind} {name}, and so does {', '.join(others)}")


CHECK = Check("hpa-duplicate", frozenset({HPA}), own(_judge))
