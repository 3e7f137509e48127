"""Who a pod is, and what accounts may do."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.identity import (
    automount_sa_token,
)

CHECKS: Mapping[str, Check] = by_rule(
    automount_sa_token.CHECK,
)
