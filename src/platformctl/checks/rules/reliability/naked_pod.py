"""Somebody makes a pod again when its node is gone."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.hooks import is_hook
from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    metadata = mapping(manifest.content.get("metadata"))
    if not metadata.get("ownerReferences") and not is_hook(manifest):
        yield Violation(("metadata", "name"), "no workload owns this pod: when its node is gone, it is gone")


CHECK = Check("naked-pod", frozenset({"Pod"}), own(_judge))
