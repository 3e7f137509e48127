"""Workloads run as accounts of their own."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity import accounts
from platformctl.manifests import Manifest

_MOUNT = "automountServiceAccountToken"


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    # without a token the pod is nobody to the API, whatever its account is called
    if pod is not None and accounts.name_of(pod.spec) == accounts.DEFAULT and pod.spec.get(_MOUNT) is not False:
        yield Violation((*pod.path, "serviceAccountName"), "the pod runs as its namespace's default account")
    if _is_default(manifest) and manifest.content.get(_MOUNT) is not False:
        yield Violation((_MOUNT,), "the default account gives its token to every pod")


def _is_default(manifest: Manifest) -> bool:
    return accounts.is_account(manifest) and manifest.name == accounts.DEFAULT


CHECK = Check("default-account", WORKLOADS | {"ServiceAccount"}, _judge)
