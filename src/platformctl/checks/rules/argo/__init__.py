"""What Argo CD and Argo Rollouts make of it."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule

CHECKS: Mapping[str, Check] = by_rule()
