# METADATA
# title: All capabilities are dropped
# custom:
#   id: capabilities-drop-all
#   severity: error
package rules.capabilities_drop_all

import data.lib.pods

violation contains pods.finding(container, ["securityContext", "capabilities", "drop"], "keeps capabilities") if {
	some container in pods.containers
	not _drops_all(container)
}

_drops_all(container) if {
	dropped := container.definition.securityContext.capabilities.drop
	is_array(dropped)
	"ALL" in dropped
}
