"""A set that suddenly yields nothing, or is gone, deletes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import is_argo
from platformctl.manifests import Manifest, items, mapping

_FINALIZER = "resources-finalizer.argocd.argoproj.io"
_SAFE = ("create-update", "create-only")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest):
        return
    policy = mapping(mapping(manifest.content.get("spec")).get("syncPolicy"))
    path = ("spec", "syncPolicy")
    if policy.get("preserveResourcesOnDeletion") is not True:
        problem = "preserveResourcesOnDeletion is not true: with an Application goes what it deployed"
        yield Violation((*path, "preserveResourcesOnDeletion"), problem)
    if policy.get("applicationsSync") not in _SAFE:
        problem = f"applicationsSync is none of {', '.join(_SAFE)}: what is not generated is deleted"
        yield Violation((*path, "applicationsSync"), problem)
    if _FINALIZER not in items(mapping(manifest.content.get("metadata")).get("finalizers")):
        yield Violation(("metadata", "finalizers"), "without a finalizer its Applications are deleted with the set")


CHECK = Check("applicationset-deletion", frozenset({"ApplicationSet"}), _judge)
