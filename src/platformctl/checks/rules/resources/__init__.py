"""What containers ask for and may use."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.resources import (
    cpu_limit,
    cpu_request,
    memory_limit,
    memory_request,
)

CHECKS: Mapping[str, Check] = by_rule(
    cpu_limit.CHECK,
    cpu_request.CHECK,
    memory_limit.CHECK,
    memory_request.CHECK,
)
