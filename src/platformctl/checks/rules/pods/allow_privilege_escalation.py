"""No process gains privileges."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import linux_pod
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = linux_pod(manifest)
    for container in pod.containers() if pod else ():
        if container.security.get("allowPrivilegeEscalation") is not False:
            yield container.violation(("securityContext", "allowPrivilegeEscalation"), "may gain privileges")


CHECK = Check("allow-privilege-escalation", WORKLOADS, _judge)
