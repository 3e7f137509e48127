# METADATA
# title: Pods have a network of their own
# custom:
#   id: host-network
#   severity: error
#   remediation: Remove hostNetwork and expose the port with a Service.
package rules.host_network

import data.lib.pods

violation contains pods.pod_finding(["hostNetwork"], "the pod uses the node's own: hostNetwork is true") if {
	input.spec.hostNetwork == true
}
