# METADATA
# title: Only settings of the kernel that are the pod's own are changed
# custom:
#   id: sysctls
#   severity: error
#   remediation: Remove it from securityContext.sysctls.
package rules.sysctls

import data.lib.pods

# the last two since v1.37
_safe := {
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range",
	"net.ipv4.tcp_syncookies",
	"net.ipv4.ping_group_range",
	"net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ip_local_reserved_ports",
	"net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes",
	"net.ipv4.tcp_rmem",
	"net.ipv4.tcp_wmem",
	"net.ipv4.tcp_slow_start_after_idle",
	"net.ipv4.tcp_notsent_lowat",
}

violation contains pods.context_finding(input.context, ["sysctls", index, "name"], problem) if {
	some index, sysctl in pods.list(input.context.fields, "sysctls")
	name := pods.text(sysctl, "name")
	not name in _safe
	problem := sprintf("sets the kernel's %s", [name])
}
