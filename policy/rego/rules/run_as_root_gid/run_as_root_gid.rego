# METADATA
# title: No group id 0
# custom:
#   id: run-as-root-gid
#   severity: error
#   remediation: Set runAsGroup, fsGroup and supplementalGroups of the securityContext to other numbers than 0.
package rules.run_as_root_gid

import data.lib.pods

violation contains pods.context_finding(context, [field], sprintf("is in the group of root: %s is 0", [field])) if {
	some context in input.contexts
	some field in ["runAsGroup", "fsGroup"]
	context.fields[field] == 0
}

violation contains pods.context_finding(context, ["supplementalGroups", index], problem) if {
	some context in input.contexts
	some index, group in pods.list(context.fields, "supplementalGroups")
	group == 0
	problem := "is in the group of root: a supplemental group is 0"
}
