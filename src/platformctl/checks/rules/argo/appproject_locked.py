"""The project of those that name none permits nothing."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest) or manifest.name != "default":
        return
    spec = mapping(manifest.content.get("spec"))
    for key in ("sourceRepos", "destinations", "clusterResourceWhitelist"):
        if spec.get(key):
            yield Violation(("spec", key), f"the project default has {key}: nothing may use it")


CHECK = Check("appproject-locked", frozenset({"AppProject"}), _judge)
