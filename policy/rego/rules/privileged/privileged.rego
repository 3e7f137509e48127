# METADATA
# title: No privileged containers
# custom:
#   id: privileged
#   severity: error
#   remediation: Remove securityContext.privileged; ask for the one capability that is needed.
package rules.privileged

import data.lib.pods

violation contains pods.finding(container, ["securityContext", "privileged"], "is privileged") if {
	some container in input.containers
	container.context.fields.privileged == true
}
