"""Images come from registries that this platform trusts, and that still exist."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.images.used import KINDS, used
from platformctl.manifests import Manifest


def _untrusted(manifest: Manifest, world: World) -> Iterator[Violation]:
    for image in used(manifest):
        reference = image.reference
        if reference and not (world.registries.trust(reference) or world.registries.successor(reference)):
            yield image.violation(f"comes from a place nobody vouched for: {reference.name}")


def _retired(manifest: Manifest, world: World) -> Iterator[Violation]:
    for image in used(manifest):
        reference = image.reference
        successor = world.registries.successor(reference) if reference else ""
        if reference and successor:
            yield image.violation(f"comes from a registry that was retired: {reference.name} (now {successor})")


CHECKS = (
    Check("image-registry", KINDS, _untrusted),
    Check("image-registry-retired", KINDS, _retired),
)
