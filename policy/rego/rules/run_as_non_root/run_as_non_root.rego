# METADATA
# title: Containers must run as another user than root
# custom:
#   id: run-as-non-root
#   severity: error
package rules.run_as_non_root

import data.lib.pods

violation contains pods.finding(container, ["securityContext", "runAsNonRoot"], "may run as root") if {
	some container in pods.containers
	not _is_non_root(container)
}

_is_non_root(container) if pods.effective(container, "runAsNonRoot") == true
