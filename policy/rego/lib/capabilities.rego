# METADATA
# title: The capabilities that containers add
package lib.capabilities

import data.lib.pods

_field := ["securityContext", "capabilities", "add"]

listed(container) := pods.list(container.context.fields.capabilities, "add")

added(container, index, name) := pods.finding(
	container, array.concat(_field, [index]),
	sprintf("adds the capability %s", [pods.text([name], 0)]),
)
