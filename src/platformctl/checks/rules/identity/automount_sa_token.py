"""No API token is mounted where none is needed."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
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


CHECK = Check("automount-sa-token", WORKLOADS, _judge)
