"""A pause ends by itself."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import steps
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for step in steps(manifest):
        if "pause" in step.content and mapping(step.content.get("pause")).get("duration") is None:
            yield Violation((*step.path, "pause"), "the pause has no duration: somebody has to end it")


CHECK = Check("rollout-pause-duration", frozenset({"Rollout"}), _judge)
