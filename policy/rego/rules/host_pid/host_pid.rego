# METADATA
# title: Pods have processes of their own
# custom:
#   id: host-pid
#   severity: error
#   remediation: Remove hostPID.
package rules.host_pid

import data.lib.pods

violation contains pods.pod_finding(["hostPID"], "the pod uses the node's own: hostPID is true") if {
	input.spec.hostPID == true
}
