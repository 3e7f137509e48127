"""What nobody uses is not kept."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Judge, Violation, World
from platformctl.checks.references import EVERY_NAMESPACE, Uses
from platformctl.manifests import Manifest, text

_FOR_OTHERS = ("kubernetes.io/service-account-token", "kubernetes.io/tls", "helm.sh/release.v1")


def _unused(kind: str) -> Judge:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        uses, name = world.derived(Uses), manifest.name
        if manifest.namespace not in uses.populated or (kind, name) in EVERY_NAMESPACE or name == "default":
            return
        if text(manifest.content.get("type")) not in _FOR_OTHERS and not uses.uses(kind, manifest.namespace, name):
            yield Violation(("metadata", "name"), f"nothing in its namespace names the {kind} {name}")

    return judge


CHECKS = tuple(
    Check(rule, frozenset({kind}), _unused(kind))
    for rule, kind in (
        ("config-map-unused", "ConfigMap"),
        ("secret-unused", "Secret"),
    )
)
