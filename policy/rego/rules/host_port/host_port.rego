# METADATA
# title: No ports of the node
# custom:
#   id: host-port
#   severity: error
#   remediation: Remove hostPort and expose the containerPort with a Service.
package rules.host_port

import data.lib.pods

violation contains pods.finding(container, ["ports", index, "hostPort"], "takes a port of the node") if {
	some container in input.containers
	some index, port in pods.list(container.definition, "ports")
	value := port.hostPort
	value != null
	value != 0
}
