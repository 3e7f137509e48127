# METADATA
# title: Numbers of users and groups
package lib.users

import data.lib.pods

# below it nodes have accounts of their own
_floor := 10000

is_high(container, field) if {
	value := pods.effective(container, field)
	is_number(value)
	value >= _floor
	floor(value) == value
}

below(container, field) := pods.finding(
	container, ["securityContext", field],
	sprintf("has no %s of %d or more", [field, _floor]),
)
