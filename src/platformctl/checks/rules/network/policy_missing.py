"""Every pod is under a policy, for what comes in and for what goes out."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.network_policies import EGRESS, INGRESS, Policies
from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.podsets import PodSets
from platformctl.checks.protocol import Check, Judge, Violation, World
from platformctl.manifests import Manifest

_SHOWN = {INGRESS: "everybody may talk to its pods", EGRESS: "its pods may talk to everybody"}


def _without(direction: str) -> Judge:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        pod, pods = pod_of(manifest), world.derived(PodSets).of(manifest)
        if pod and pods and not world.derived(Policies).on(pods, direction):
            message = f"{_SHOWN[direction]}: no NetworkPolicy of type {direction} selects them"
            yield Violation(pod.path, message)

    return judge


CHECKS = (
    Check("network-policy-missing-ingress", WORKLOADS, _without(INGRESS)),
    Check("network-policy-missing-egress", WORKLOADS, _without(EGRESS)),
)
