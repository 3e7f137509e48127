"""Pods that do not work anyway do not hold a node."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.workloads import BUDGET
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if mapping(manifest.content.get("spec")).get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
        yield Violation(("spec", "unhealthyPodEvictionPolicy"), "keeps pods on a node that do not work anyway")


CHECK = Check("pdb-unhealthy", frozenset({BUDGET}), own(_judge))
