# METADATA
# title: No user id 0
# custom:
#   id: run-as-root-uid
#   severity: error
#   remediation: Set securityContext.runAsUser to another number than 0, or leave it out.
package rules.run_as_root_uid

import data.lib.pods

violation contains pods.context_finding(context, ["runAsUser"], "runs as root: runAsUser is 0") if {
	not input.user_namespace
	some context in input.contexts
	context.fields.runAsUser == 0
}
