# METADATA
# title: All capabilities are dropped
# custom:
#   id: capabilities-drop-all
#   severity: error
#   remediation: 'Set securityContext.capabilities.drop: [ALL] on the container.'
package rules.capabilities_drop_all

import data.lib.pods

violation contains pods.finding(container, ["securityContext", "capabilities", "drop"], "keeps capabilities") if {
	not input.windows
	some container in input.containers
	not _drops_all(container)
}

_drops_all(container) if "ALL" in pods.list(container.context.fields.capabilities, "drop")
