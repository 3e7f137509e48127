# METADATA
# title: How containers see /proc
package lib.processes

import data.lib.pods

is_unmasked(container) if not object.get(container.context.fields, "procMount", null) in {null, "Default"}

unmasked(container) := pods.finding(container, ["securityContext", "procMount"], "does not mask /proc")
