"""What containers ask for and may use."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.resources import (
    container_maximum,
    cpu_limit,
    cpu_request,
    empty_dir_size,
    ephemeral_storage,
    limit_range,
    limit_range_fit,
    limit_ratio,
    memory_limit,
    memory_request,
    priority_class,
    quantity,
    quota_fit,
    request_above_limit,
    resource_quota,
)

CHECKS: Mapping[str, Check] = by_rule(
    container_maximum.CHECK,
    cpu_limit.CHECK,
    cpu_request.CHECK,
    empty_dir_size.CHECK,
    *ephemeral_storage.CHECKS,
    limit_range.CHECK,
    limit_range_fit.CHECK,
    limit_ratio.CHECK,
    memory_limit.CHECK,
    memory_request.CHECK,
    priority_class.CHECK,
    quantity.CHECK,
    quota_fit.CHECK,
    request_above_limit.CHECK,
    resource_quota.CHECK,
)
