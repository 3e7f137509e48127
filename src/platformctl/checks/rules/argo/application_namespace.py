"""What Argo CD reads lies where Argo CD is."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import NAMESPACE, is_argo
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if is_argo(manifest) and manifest.namespace != NAMESPACE:
        where = f"in the namespace {manifest.namespace}" if manifest.namespace else "in no namespace"
        problem = f"the {manifest.kind} is {where}: Argo CD reads those in {NAMESPACE}"
        yield Violation(("metadata", "namespace"), problem)


CHECK = Check("application-namespace", frozenset({"Application", "AppProject"}), _judge)
