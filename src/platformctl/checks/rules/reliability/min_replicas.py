"""One pod more than is needed."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import SERVICES, rollout_of, scale
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    found = scale(manifest, world)
    # an autoscaler's own bounds are judged in the autoscaler, and a Rollout's in the Rollout
    if found.autoscaler is None and rollout_of(manifest, world) is None and found.low == 1:
        yield Violation(("spec", "replicas"), "runs one pod; while that one moves nobody answers")


CHECK = Check("min-replicas", SERVICES, own(_judge))
