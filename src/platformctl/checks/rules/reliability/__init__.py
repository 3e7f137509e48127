"""What keeps a service answering."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.reliability import (
    liveness_probe,
    readiness_probe,
)

CHECKS: Mapping[str, Check] = by_rule(
    liveness_probe.CHECK,
    readiness_probe.CHECK,
)
