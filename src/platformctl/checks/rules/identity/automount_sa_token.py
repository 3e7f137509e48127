"""No API token is mounted where none is needed."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity import accounts
from platformctl.manifests import Manifest

_FIELD = "automountServiceAccountToken"


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is not None:
        yield from _pod(manifest, pod, world)
    elif accounts.is_account(manifest):
        yield from _account(manifest, world)


def _pod(manifest: Manifest, pod: Pod, world: World) -> Iterator[Violation]:
    mounted = pod.spec.get(_FIELD)
    if mounted is None:  # then its ServiceAccount decides
        account = accounts.find(world, manifest.namespace, accounts.name_of(pod.spec))
        mounted = account.content.get(_FIELD) if account else None
    if mounted is not False:
        yield Violation((*pod.path, _FIELD), "the pod gets an API token")


def _account(manifest: Manifest, world: World) -> Iterator[Violation]:
    # a pod's own word counts more, and a pod without one is a finding itself
    if manifest.content.get(_FIELD) is not False and not accounts.users(world, manifest):
        yield Violation((_FIELD,), "every pod that runs as this account gets an API token")


CHECK = Check("automount-sa-token", WORKLOADS | {"ServiceAccount"}, _judge)
