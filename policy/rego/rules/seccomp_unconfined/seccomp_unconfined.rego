# METADATA
# title: No seccomp profile is switched off
# custom:
#   id: seccomp-unconfined
#   severity: error
#   remediation: Set securityContext.seccompProfile.type to RuntimeDefault or Localhost.
package rules.seccomp_unconfined

import data.lib.pods
import data.lib.profiles

violation contains pods.context_finding(context, ["seccompProfile"], "switches the seccomp profile off") if {
	some context in input.contexts
	profiles.is_off(context, "seccompProfile")
}
