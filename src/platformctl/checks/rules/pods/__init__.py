"""What containers and their pods may do on the node."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.pods import (
    allow_privilege_escalation,
    apparmor,
    capabilities,
    exec_probe,
    fixed_uid,
    hardening,
    host_namespaces,
    host_path,
    ports,
    privileged,
    probe_host,
    proc_mount,
    psa_labels,
    read_only_root_fs,
    seccomp,
    selinux,
    sharing,
    sysctls,
    users,
    volumes,
)

CHECKS: Mapping[str, Check] = by_rule(
    allow_privilege_escalation.CHECK,
    *apparmor.CHECKS,
    *capabilities.CHECKS,
    exec_probe.CHECK,
    fixed_uid.CHECK,
    *hardening.CHECKS,
    *host_namespaces.CHECKS,
    *host_path.CHECKS,
    *ports.CHECKS,
    *privileged.CHECKS,
    probe_host.CHECK,
    *proc_mount.CHECKS,
    *psa_labels.CHECKS,
    read_only_root_fs.CHECK,
    *seccomp.CHECKS,
    selinux.CHECK,
    *sharing.CHECKS,
    sysctls.CHECK,
    *users.CHECKS,
    *volumes.CHECKS,
)
