# METADATA
# title: The user id is 10000 or more
# custom:
#   id: uid-floor
#   severity: warning
#   remediation: Set securityContext.runAsUser to 10000 or more on the pod or on the container.
package rules.uid_floor

import data.lib.users

violation contains users.below(container, "runAsUser") if {
	not input.windows
	some container in input.containers
	not users.is_high(container, "runAsUser")
}
