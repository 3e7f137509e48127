# METADATA
# title: No AppArmor profile is switched off
# custom:
#   id: apparmor
#   severity: error
#   remediation: Set securityContext.appArmorProfile.type to RuntimeDefault or Localhost, and remove the old annotations.
package rules.apparmor

import data.lib.pods
import data.lib.profiles

_prefix := "container.apparmor.security.beta.kubernetes.io/"

violation contains pods.context_finding(context, ["appArmorProfile"], "switches the AppArmor profile off") if {
	some context in input.contexts
	profiles.is_off(context, "appArmorProfile")
}

violation contains {"path": path, "message": "an annotation switches the AppArmor profile off"} if {
	some key, value in input.annotations.values
	startswith(key, _prefix)
	not value in {null, "", "runtime/default"}
	not startswith(pods.text(input.annotations.values, key), "localhost/")
	path := array.concat(input.annotations.path, [key])
}
