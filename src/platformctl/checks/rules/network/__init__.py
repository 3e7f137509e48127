"""Who may talk to whom, and whether anybody answers."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.network import (
    calls,
    default_deny,
    flows,
    ingress,
    monitors,
    policy_dangling,
    policy_missing,
    policy_open,
    routes,
    services,
)

CHECKS: Mapping[str, Check] = by_rule(
    *policy_missing.CHECKS,
    default_deny.CHECK,
    *policy_dangling.CHECKS,
    *policy_open.CHECKS,
    *flows.CHECKS,
    *calls.CHECKS,
    *services.CHECKS,
    *ingress.CHECKS,
    *routes.CHECKS,
    monitors.CHECK,
)
