# METADATA
# title: What containers ask for and may use
package lib.amounts

import data.lib.pods

# a finding for every container without the amount; ephemeral containers cannot have any
missing(bound, resource) := {finding |
	some container in input.containers
	container.kind != "ephemeralContainers"
	not _has(container, bound, resource)
	finding := pods.finding(container, ["resources", bound, resource], sprintf("has no %s %s", [resource, _singular[bound]]))
}

_singular := {"limits": "limit", "requests": "request"}

_has(container, bound, resource) if {
	amount := container.definition.resources[bound][resource]
	amount != null
	amount != ""
}
