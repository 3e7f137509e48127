"""Every namespace has an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.resources.namespaced import without
from platformctl.manifests import Manifest, mapping

_BOUNDS = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory"}


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.kind == "Namespace":
        yield from without("ResourceQuota", manifest, world)
        return
    # several quotas of one namespace may share the work
    together = world.derived(_bounded).get(manifest.namespace, set()) if manifest.namespace else _bounds(manifest)
    missing = [bound for bound in _BOUNDS if bound not in together]
    if missing:
        yield Violation(("spec", "hard"), f"does not bound {', '.join(missing)}")


def _bounded(world: World) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for quota in world.of("ResourceQuota"):
        found.setdefault(quota.namespace, set()).update(_bounds(quota))
    return found


def _bounds(quota: Manifest) -> set[str]:
    return {_SHORT.get(key, key) for key in mapping(mapping(quota.content.get("spec")).get("hard"))}


CHECK = Check("resource-quota", frozenset({"Namespace", "ResourceQuota"}), own(_judge))
