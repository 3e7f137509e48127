# METADATA
# title: No capability but NET_BIND_SERVICE is added
# custom:
#   id: capabilities-add-restricted
#   severity: error
#   remediation: Leave securityContext.capabilities.add empty, or write [NET_BIND_SERVICE].
package rules.capabilities_add_restricted

import data.lib.capabilities

violation contains capabilities.added(container, index, name) if {
	not input.windows
	some container in input.containers
	some index, name in capabilities.listed(container)
	name != "NET_BIND_SERVICE"
}
