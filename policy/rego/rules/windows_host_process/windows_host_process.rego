# METADATA
# title: No processes of the Windows node
# custom:
#   id: windows-host-process
#   severity: error
#   remediation: Remove securityContext.windowsOptions.hostProcess.
package rules.windows_host_process

import data.lib.pods

violation contains pods.context_finding(context, ["windowsOptions", "hostProcess"], "is a process of the Windows node") if {
	some context in input.contexts
	context.fields.windowsOptions.hostProcess == true
}
