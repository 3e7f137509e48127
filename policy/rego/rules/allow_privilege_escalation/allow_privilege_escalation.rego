# METADATA
# title: No process may gain privileges
# custom:
#   id: allow-privilege-escalation
#   severity: error
package rules.allow_privilege_escalation

import data.lib.pods

violation contains pods.finding(
	container,
	["securityContext", "allowPrivilegeEscalation"], "may gain privileges",
) if {
	some container in pods.containers
	not _is_denied(container)
}

_is_denied(container) if container.definition.securityContext.allowPrivilegeEscalation == false
