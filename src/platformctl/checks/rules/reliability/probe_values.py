"""Probes hold what the API server accepts."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import probes
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.probes import Probe
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest

_NUMBERS = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for probe in probes.of(manifest):
        for field, problem in _problems(probe, 1 if manifest.kind == "Rollout" else 0):
            yield probe.container.violation((probe.name, *field), problem)


def _problems(probe: Probe, least: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong; a zero means the default, but a Rollout that holds one differs from itself for ever."""
    handlers = [name for name in probes.HANDLERS if probe.content.get(name) is not None]
    if len(handlers) != 1:
        yield (), f"has a {probe.name} that asks {' and '.join(handlers) or 'nothing'}"
    for name in _NUMBERS:
        value = probe.content.get(name)
        if isinstance(value, int) and value < least:
            yield (name,), f"has a {probe.name} with {name} {value}"
    if probe.name != probes.READINESS and probe.content.get("successThreshold") not in (None, 0, 1):
        yield ("successThreshold",), f"has a {probe.name} that must succeed more than once"
    if probe.name == probes.READINESS and probe.content.get("terminationGracePeriodSeconds") is not None:
        yield ("terminationGracePeriodSeconds",), "has a readinessProbe with a grace period; it ends nothing"
    if probe.container.kind == "ephemeralContainers" or _ends(probe):
        yield (), f"has a {probe.name} although it does not go on running"


def _ends(probe: Probe) -> bool:
    return probe.container.kind == "initContainers" and not probes.is_sidecar(probe.container)


CHECK = Check("probe-values", WORKLOADS, _judge)
