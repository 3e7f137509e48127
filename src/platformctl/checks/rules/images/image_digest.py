"""Images are pinned to their content."""

from __future__ import annotations

from platformctl.checks.images import Reference
from platformctl.checks.protocol import Check
from platformctl.checks.rules.images.used import KINDS, Used, each


def _fault(image: Used, reference: Reference) -> str:
    return "" if reference.digest else f"trusts a tag that can move: {image.written}"


CHECK = Check("image-digest", KINDS, each(_fault))
