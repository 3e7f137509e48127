# METADATA
# title: A seccomp profile filters system calls
# custom:
#   id: seccomp
#   severity: error
#   remediation: 'Set securityContext.seccompProfile.type: RuntimeDefault on the pod.'
package rules.seccomp

import data.lib.pods
import data.lib.profiles

violation contains pods.context_finding(input.context, ["seccompProfile"], "has no seccomp profile") if {
	not input.windows
	profiles.is_off(input.context, "seccompProfile")
}

violation contains pods.finding(container, ["securityContext", "seccompProfile"], "has no seccomp profile") if {
	not input.windows
	some container in input.containers
	not _is_filtered(container)
}

_is_filtered(container) if profiles.is_on(pods.effective(container, "seccompProfile"))
