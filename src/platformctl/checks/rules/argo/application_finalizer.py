"""What a deletion takes along is said in a way that Argo CD understands."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import APPLICATIONS, application, is_argo, is_generated
from platformctl.manifests import Manifest, items, mapping

_DOMAIN = "argocd.argoproj.io"
_KNOWN = frozenset(
    {
        f"resources-finalizer.{_DOMAIN}",
        f"resources-finalizer.{_DOMAIN}/foreground",
        f"resources-finalizer.{_DOMAIN}/background",
        f"pre-delete-finalizer.{_DOMAIN}",
        f"post-delete-finalizer.{_DOMAIN}",
    }
)


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest) or is_generated(manifest, world):
        return
    start, content = application(manifest)
    for index, name in enumerate(items(mapping(content.get("metadata")).get("finalizers"))):
        if isinstance(name, str) and _DOMAIN in name and name not in _KNOWN:
            yield Violation((*start, "metadata", "finalizers", index), f"Argo CD knows no finalizer {name}")
    keeps = mapping(mapping(manifest.content.get("spec")).get("syncPolicy")).get("preserveResourcesOnDeletion")
    if manifest.kind == "ApplicationSet" and keeps is True and mapping(content.get("metadata")).get("finalizers"):
        path = (*start, "metadata", "finalizers")
        yield Violation(path, "its Applications delete what they deployed, though the set preserves it")


CHECK = Check("application-finalizer", APPLICATIONS, _judge)
