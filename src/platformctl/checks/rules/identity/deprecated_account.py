"""The account is named in the field that stays."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is not None and pod.spec.get("serviceAccount"):
        yield Violation((*pod.path, "serviceAccount"), "the account is named in a deprecated field")


CHECK = Check("deprecated-account-field", WORKLOADS, _judge)
