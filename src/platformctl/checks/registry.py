"""All checks, by the id of their rule."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check
from platformctl.checks.rules import (
    allow_privilege_escalation,
    automount_sa_token,
    capabilities_drop_all,
    cpu_limit,
    cpu_request,
    fixed_uid,
    host_ipc,
    host_network,
    host_path,
    host_pid,
    image_tag,
    liveness_probe,
    memory_limit,
    memory_request,
    privileged,
    read_only_root_fs,
    readiness_probe,
    run_as_non_root,
    seccomp,
)

CHECKS: Mapping[str, Check] = {
    allow_privilege_escalation.RULE: allow_privilege_escalation,
    automount_sa_token.RULE: automount_sa_token,
    capabilities_drop_all.RULE: capabilities_drop_all,
    cpu_limit.RULE: cpu_limit,
    cpu_request.RULE: cpu_request,
    fixed_uid.RULE: fixed_uid,
    host_ipc.RULE: host_ipc,
    host_network.RULE: host_network,
    host_path.RULE: host_path,
    host_pid.RULE: host_pid,
    image_tag.RULE: image_tag,
    liveness_probe.RULE: liveness_probe,
    memory_limit.RULE: memory_limit,
    memory_request.RULE: memory_request,
    privileged.RULE: privileged,
    read_only_root_fs.RULE: read_only_root_fs,
    readiness_probe.RULE: readiness_probe,
    run_as_non_root.RULE: run_as_non_root,
    seccomp.RULE: seccomp,
}
