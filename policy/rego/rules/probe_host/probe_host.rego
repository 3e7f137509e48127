# METADATA
# title: Probes and lifecycle handlers call their own pod
# custom:
#   id: probe-host
#   severity: error
#   remediation: Remove host from httpGet and tcpSocket; for another name use the header Host.
package rules.probe_host

import data.lib.pods

_handlers := [
	["livenessProbe"],
	["readinessProbe"],
	["startupProbe"],
	["lifecycle", "postStart"],
	["lifecycle", "preStop"],
]

violation contains pods.finding(container, path, "has the node call another host") if {
	some container in input.containers
	some handler in _handlers
	some action in ["httpGet", "tcpSocket"]
	path := array.concat(handler, [action, "host"])
	not object.get(container.definition, path, null) in {null, ""}
}
