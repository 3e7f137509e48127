"""Being ready and being alive are two questions."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import probes
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_ASKED = {
    "httpGet": ("path", "port", "host", "scheme"),
    "tcpSocket": ("port", "host"),
    "grpc": ("port", "service"),
    "exec": ("command",),
}


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        ready, alive = (mapping(container.content.get(name)) for name in (probes.READINESS, probes.LIVENESS))
        for handler, fields in _ASKED.items():
            one, other = ready.get(handler), alive.get(handler)
            if one and other and all(mapping(one).get(field) == mapping(other).get(field) for field in fields):
                problem = "is restarted whenever it is not ready: both probes ask the same"
                yield container.violation((probes.LIVENESS, handler), problem)


CHECK = Check("probes-differ", WORKLOADS, _judge)
