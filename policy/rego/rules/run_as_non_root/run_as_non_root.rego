# METADATA
# title: Containers must run as another user than root
# custom:
#   id: run-as-non-root
#   severity: error
#   remediation: 'Set securityContext.runAsNonRoot: true on the pod, and on no container the contrary.'
package rules.run_as_non_root

import data.lib.pods

violation contains pods.context_finding(input.context, ["runAsNonRoot"], "may run as root") if {
	not input.user_namespace
	input.context.fields.runAsNonRoot == false
}

violation contains pods.finding(container, ["securityContext", "runAsNonRoot"], "may run as root") if {
	not input.user_namespace
	some container in input.containers
	not _is_non_root(container)
}

_is_non_root(container) if pods.effective(container, "runAsNonRoot") == true
