"""A release that does not get on is aborted."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import GROUP
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping(manifest.content.get("spec"))
    if manifest.api_version.startswith(GROUP) and spec.get("progressDeadlineAbort") is not True:
        path = ("spec", "progressDeadlineAbort")
        yield Violation(path, "a version that does not start stays, and is tried again and again")


CHECK = Check("rollout-progress-deadline-abort", frozenset({"Rollout"}), _judge)
