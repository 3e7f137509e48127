"""Probes leave time for an answer."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import probes
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest

_LEAST_PATIENCE = 10


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for probe in probes.of(manifest):
        # a startup probe may be asked more often than it can answer: it only has to answer once
        if probe.name != probes.STARTUP and probe.timeout > probe.period:
            problem = f"has a {probe.name} that may take {probe.timeout} s and is due every {probe.period} s"
            yield probe.container.violation((probe.name, "timeoutSeconds"), problem)
        if probe.name == probes.LIVENESS and probe.failures == 1:
            yield probe.container.violation((probe.name, "failureThreshold"), "is restarted after one lost answer")
        elif probe.name == probes.LIVENESS and probe.period * probe.failures < _LEAST_PATIENCE:
            problem = f"is restarted after {probe.period * probe.failures} s without an answer"
            yield probe.container.violation((probe.name, "periodSeconds"), problem)


CHECK = Check("probe-timing", WORKLOADS, _judge)
