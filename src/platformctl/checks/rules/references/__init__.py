"""Names of other objects, and what hangs on them."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.references import (
    duplicate_env,
    fault_knob,
    metadata,
    namespaces,
    plaintext,
    secret_env,
    storage,
    stores,
    unused,
    volumes,
)

CHECKS: Mapping[str, Check] = by_rule(
    duplicate_env.CHECK,
    fault_knob.CHECK,
    *stores.CHECKS,
    secret_env.CHECK,
    *plaintext.CHECKS,
    *volumes.CHECKS,
    *storage.CHECKS,
    *metadata.CHECKS,
    *namespaces.CHECKS,
    *unused.CHECKS,
)
