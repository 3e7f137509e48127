# METADATA
# title: /proc is masked
# custom:
#   id: proc-mount-restricted
#   severity: error
#   remediation: Remove securityContext.procMount.
package rules.proc_mount_restricted

import data.lib.processes

violation contains processes.unmasked(container) if {
	some container in input.containers
	processes.is_unmasked(container)
}
