"""What a workload's environment says that it calls is there, and policies let it through."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.calls import Call, behind, calls, port_of
from platformctl.checks.network_policies import admits
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.podsets import PodSets
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.routes import Backend
from platformctl.checks.rules.network.backends import broken
from platformctl.checks.services import pods_of, targets
from platformctl.manifests import Manifest


def _exists(manifest: Manifest, world: World) -> Iterator[Violation]:
    for call in calls(manifest, world):
        for problem in broken(Backend(call.path, "Service", call.namespace, call.name, call.port), world):
            yield Violation(call.path, f"it calls {call.url}, but {problem.message}")


def _admitted(manifest: Manifest, world: World) -> Iterator[Violation]:
    source = world.derived(PodSets).of(manifest)
    for call in calls(manifest, world) if source else ():
        problem = _closed(call, manifest, world)
        if problem:
            yield Violation(call.path, problem)


def _closed(call: Call, manifest: Manifest, world: World) -> str:
    """What keeps a call from its pods; nothing when it gets through to some of them, or nobody knows."""
    source, service = world.derived(PodSets).of(manifest), behind(call, world)
    port = port_of(call, service) if service else None
    found = (
        [(pods, each) for pods in pods_of(service, world) for each in targets(port, pods)] if service and port else []
    )
    if source is None or not found or any(admits(world, source, pods, each) for pods, each in found):
        return ""
    pods, each = found[0]
    return f"it calls {call.url}, but policies keep it from port {each.number} of {pods.shown}"


CHECKS = (
    Check("service-url", WORKLOADS, _exists),
    Check("network-policy-call", WORKLOADS, _admitted),
)
