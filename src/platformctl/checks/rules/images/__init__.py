"""What containers run."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.images import (
    image_tag,
)

CHECKS: Mapping[str, Check] = by_rule(
    image_tag.CHECK,
)
