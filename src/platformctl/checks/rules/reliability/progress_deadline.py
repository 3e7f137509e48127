"""A release is not given up before a pod can have started."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import probes
from platformctl.checks.kinds import own
from platformctl.checks.numbers import whole
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import SERVICES, rollout_of
from platformctl.manifests import Manifest, mapping

_DEFAULT = 600


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping((rollout_of(manifest, world) or manifest).content.get("spec"))
    deadline, settled = whole(spec.get("progressDeadlineSeconds"), _DEFAULT), whole(spec.get("minReadySeconds"))
    starting = max((probe.patience for probe in probes.of(manifest) if probe.name == probes.STARTUP), default=0)
    path = ("spec", "progressDeadlineSeconds")
    if deadline <= settled:
        yield Violation(path, f"gives up after {deadline} s, before a pod counts as available after {settled} s")
    elif deadline <= starting:
        yield Violation(path, f"gives up after {deadline} s, while a pod may take {starting} s to start")


CHECK = Check("progress-deadline", SERVICES, own(_judge))
