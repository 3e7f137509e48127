"""Images name a fixed version."""

from __future__ import annotations

from platformctl.checks.images import Reference
from platformctl.checks.protocol import Check
from platformctl.checks.rules.images.used import KINDS, Used, each


def _fault(image: Used, reference: Reference) -> str:
    return f"runs whatever version {image.written} is at the moment" if reference.floats else ""


CHECK = Check("image-tag", KINDS, each(_fault))
