"""A project names what it permits."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo
from platformctl.manifests import Manifest, items, mapping

_ALL = ("*", "**")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest) or manifest.name == "default":  # that one permits nothing at all
        return
    spec = mapping(manifest.content.get("spec"))
    for key in ("sourceRepos", "sourceNamespaces"):
        for index, pattern in enumerate(items(spec.get(key))):
            if pattern in _ALL:
                yield Violation(("spec", key, index), f"{key} permits everything")
    for index, destination in enumerate(items(spec.get("destinations"))):
        for key in ("server", "name", "namespace"):
            if mapping(destination).get(key) in _ALL:
                yield Violation(("spec", "destinations", index, key), f"the destination permits every {key}")
    for index, entry in enumerate(items(spec.get("clusterResourceWhitelist"))):
        if mapping(entry).get("kind") in _ALL:
            path = ("spec", "clusterResourceWhitelist", index)
            yield Violation(path, "every kind outside of namespaces is permitted")


CHECK = Check("appproject-wildcard", frozenset({"AppProject"}), _judge)
