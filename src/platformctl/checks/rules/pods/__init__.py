"""What containers and their pods may do on the node."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.pods import (
    allow_privilege_escalation,
    capabilities_drop_all,
    fixed_uid,
    host_ipc,
    host_network,
    host_path,
    host_pid,
    privileged,
    read_only_root_fs,
    run_as_non_root,
    seccomp,
)

CHECKS: Mapping[str, Check] = by_rule(
    allow_privilege_escalation.CHECK,
    capabilities_drop_all.CHECK,
    fixed_uid.CHECK,
    host_ipc.CHECK,
    host_network.CHECK,
    host_path.CHECK,
    host_pid.CHECK,
    privileged.CHECK,
    read_only_root_fs.CHECK,
    run_as_non_root.CHECK,
    seccomp.CHECK,
)
