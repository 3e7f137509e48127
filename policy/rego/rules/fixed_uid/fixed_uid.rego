# METADATA
# title: Our services run as user and group 10001
# custom:
#   id: fixed-uid
#   severity: error
#   remediation: 'Set securityContext.runAsUser: 10001 and runAsGroup: 10001 on the pod.'
package rules.fixed_uid

import data.lib.pods

_number := 10001

violation contains pods.finding(container, ["securityContext", field], problem) if {
	some container in input.containers
	pods.is_own(container)
	some field in ["runAsUser", "runAsGroup"]
	not _is_fixed(container, field)
	problem := sprintf("has no %s %d", [field, _number])
}

_is_fixed(container, field) if pods.effective(container, field) == _number
