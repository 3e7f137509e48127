# METADATA
# title: The group id is 10000 or more
# custom:
#   id: gid-floor
#   severity: warning
#   remediation: Set securityContext.runAsGroup to 10000 or more on the pod or on the container.
package rules.gid_floor

import data.lib.users

violation contains users.below(container, "runAsGroup") if {
	not input.windows
	some container in input.containers
	not users.is_high(container, "runAsGroup")
}
