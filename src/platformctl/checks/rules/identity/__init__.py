"""Who a pod is, and what accounts may do."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.identity import (
    account_exists,
    automount_sa_token,
    bindings,
    cluster_admin,
    dangling_bindings,
    default_account,
    deprecated_account,
    grants,
    tokens,
    too_many_roles,
    unused_account,
    wildcards,
)

CHECKS: Mapping[str, Check] = by_rule(
    automount_sa_token.CHECK,
    default_account.CHECK,
    account_exists.CHECK,
    deprecated_account.CHECK,
    unused_account.CHECK,
    *tokens.CHECKS,
    cluster_admin.CHECK,
    wildcards.CHECK,
    *grants.CHECKS,
    *bindings.CHECKS,
    *dangling_bindings.CHECKS,
    too_many_roles.CHECK,
)
