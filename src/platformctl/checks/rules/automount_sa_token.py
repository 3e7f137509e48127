"""No API token is mounted where none is needed."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import pod_of
from platformctl.checks.protocol import Violation, World
from platformctl.manifests import Manifest, text

RULE = "automount-sa-token"


def check(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None:
        return
    mounted = pod.spec.get("automountServiceAccountToken")
    if mounted is None:  # then its ServiceAccount decides
        name = text(pod.spec.get("serviceAccountName")) or "default"
        account = world.find("ServiceAccount", manifest.namespace, name)
        mounted = account.content.get("automountServiceAccountToken") if account else None
    if mounted is not False:
        yield Violation((*pod.path, "automountServiceAccountToken"), "the pod gets an API token")
