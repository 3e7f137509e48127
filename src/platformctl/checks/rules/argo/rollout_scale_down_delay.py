"""The old pods stay until nobody sends them requests any more."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import BLUE_GREEN, CANARY, canary, strategy
from platformctl.manifests import Manifest, mapping

_LEAST = 30  # seconds that the nodes need to learn of a change


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    chosen = strategy(manifest).get("blueGreen")
    if chosen is not None:
        delay = mapping(chosen).get("scaleDownDelaySeconds")
        if not _enough(delay):
            shown = "is not set" if delay is None else f"is {delay}"
            yield Violation((*BLUE_GREEN, "scaleDownDelaySeconds"), f"scaleDownDelaySeconds {shown}; it is at least 30")
    delay = canary(manifest).get("scaleDownDelaySeconds")
    if delay is not None and canary(manifest).get("trafficRouting") is not None and not _enough(delay):
        yield Violation((*CANARY, "scaleDownDelaySeconds"), f"scaleDownDelaySeconds is {delay}; it is at least 30")


def _enough(delay: object) -> bool:
    return isinstance(delay, int) and not isinstance(delay, bool) and delay >= _LEAST


CHECK = Check("rollout-scale-down-delay", frozenset({"Rollout"}), _judge)
