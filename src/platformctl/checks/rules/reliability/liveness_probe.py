"""A process that hangs is restarted."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import probes
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in probes.long_running(manifest):
        if not container.content.get(probes.LIVENESS):
            yield container.violation((probes.LIVENESS,), "has no liveness probe")


CHECK = Check("liveness-probe", WORKLOADS, _judge)
