"""What the API server would refuse or understand otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule

CHECKS: Mapping[str, Check] = by_rule()
