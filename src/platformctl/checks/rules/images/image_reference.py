"""Images are named so that a runtime can pull them."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.images.used import KINDS, used
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for image in used(manifest):
        if image.reference is None:
            problem = f"has no valid image: {image.written!r}" if image.written else "names no image"
            yield image.violation(problem)


CHECK = Check("image-reference", KINDS, _judge)
