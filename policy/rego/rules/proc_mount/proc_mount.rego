# METADATA
# title: /proc is masked, or the pod has users of its own
# custom:
#   id: proc-mount
#   severity: error
#   remediation: Remove securityContext.procMount.
package rules.proc_mount

import data.lib.processes

violation contains processes.unmasked(container) if {
	not input.user_namespace
	some container in input.containers
	processes.is_unmasked(container)
}
