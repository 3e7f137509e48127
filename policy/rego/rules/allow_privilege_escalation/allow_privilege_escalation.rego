# METADATA
# title: No process may gain privileges
# custom:
#   id: allow-privilege-escalation
#   severity: error
#   remediation: 'Set securityContext.allowPrivilegeEscalation: false on the container.'
package rules.allow_privilege_escalation

import data.lib.pods

violation contains pods.finding(
	container,
	["securityContext", "allowPrivilegeEscalation"], "may gain privileges",
) if {
	not input.windows
	some container in input.containers
	not _is_denied(container)
}

_is_denied(container) if container.context.fields.allowPrivilegeEscalation == false
