# METADATA
# title: Pods have shared memory of their own
# custom:
#   id: host-ipc
#   severity: error
#   remediation: Remove hostIPC.
package rules.host_ipc

import data.lib.pods

violation contains pods.pod_finding(["hostIPC"], "the pod uses the node's own: hostIPC is true") if {
	input.spec.hostIPC == true
}
