"""A pod is given no requests before it can answer."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import probes
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in probes.long_running(manifest):
        if not container.content.get(probes.READINESS):
            yield container.violation((probes.READINESS,), "has no readiness probe")


CHECK = Check("readiness-probe", WORKLOADS, _judge)
