"""Images name a fixed version."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.images import parse
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        image = container.content.get("image")
        reference = parse(image) if isinstance(image, str) else None
        if reference is None:
            yield container.violation(("image",), f"has no valid image: {image!r}")
        elif not reference.digest and reference.tag in ("", "latest"):
            yield container.violation(("image",), f"runs whatever version {image} is at the moment")


CHECK = Check("image-tag", WORKLOADS, _judge)
