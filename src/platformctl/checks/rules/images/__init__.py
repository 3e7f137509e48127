"""What containers run."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.images import (
    differing_digests,
    image_digest,
    image_reference,
    image_registry,
    image_tag,
    pull_policy,
    pull_secret,
    retired_component,
)

CHECKS: Mapping[str, Check] = by_rule(
    image_reference.CHECK,
    image_tag.CHECK,
    image_digest.CHECK,
    *image_registry.CHECKS,
    pull_policy.CHECK,
    pull_secret.CHECK,
    retired_component.CHECK,
    *differing_digests.CHECKS,
)
