# METADATA
# title: A pod does not ask for the node's users
# custom:
#   id: host-users
#   severity: warning
#   remediation: 'Remove hostUsers: true, or set it to false.'
package rules.host_users

import data.lib.pods

violation contains pods.pod_finding(["hostUsers"], "the pod's users are the node's: hostUsers is true") if {
	input.spec.hostUsers == true
}
