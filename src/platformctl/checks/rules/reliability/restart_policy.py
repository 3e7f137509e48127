"""Pods are restarted as their kind demands."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.probes import RUN_TO_END
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest

_FREE = ("Pod", "PodTemplate")
_ENDING = ("OnFailure", "Never")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None or manifest.kind in _FREE:
        return
    policy = pod.spec.get("restartPolicy", "Always")
    allowed = _ENDING if manifest.kind in RUN_TO_END else ("Always",)
    if policy not in allowed:
        problem = f"a {manifest.kind} needs a restartPolicy of {' or '.join(allowed)}; it is {policy}"
        yield Violation((*pod.path, "restartPolicy"), problem)


CHECK = Check("restart-policy", WORKLOADS, _judge)
