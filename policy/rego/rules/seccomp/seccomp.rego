# METADATA
# title: A seccomp profile filters system calls
# custom:
#   id: seccomp
#   severity: error
package rules.seccomp

import data.lib.pods

_profiles := {"RuntimeDefault", "Localhost"}

violation contains pods.finding(container, ["securityContext", "seccompProfile"], "has no seccomp profile") if {
	some container in pods.containers
	not _is_filtered(container)
}

_is_filtered(container) if pods.effective(container, "seccompProfile").type in _profiles
