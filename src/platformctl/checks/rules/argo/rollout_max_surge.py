"""A release may add a pod or take one away."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import CANARY, canary
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    content = canary(manifest)
    if _nothing(content.get("maxSurge")) and _nothing(content.get("maxUnavailable")):
        yield Violation((*CANARY, "maxSurge"), "maxSurge and maxUnavailable are both 0: no pod can be replaced")


def _nothing(value: object) -> bool:
    """Whether a number of pods is none; not set, it is a quarter of them."""
    if isinstance(value, str):
        digits = value.strip().removesuffix("%")
        return digits.isdigit() and int(digits) == 0
    return isinstance(value, int) and not isinstance(value, bool) and value == 0


CHECK = Check("rollout-max-surge", frozenset({"Rollout"}), _judge)
