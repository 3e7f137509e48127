"""The account of a workload exists."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity import accounts
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None or not world.describes("ServiceAccount"):
        return
    name = accounts.name_of(pod.spec)
    if name != accounts.DEFAULT and accounts.find(world, manifest.namespace, name) is None:
        field = "serviceAccountName" if pod.spec.get("serviceAccountName") else "serviceAccount"
        yield Violation((*pod.path, field), f'there is no ServiceAccount "{name}": no pod can be made')


CHECK = Check("account-exists", WORKLOADS, _judge)
