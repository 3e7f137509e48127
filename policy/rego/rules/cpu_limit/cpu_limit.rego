# METADATA
# title: Containers have a CPU limit
# custom:
#   id: cpu-limit
#   severity: error
#   remediation: Set resources.limits.cpu.
package rules.cpu_limit

import data.lib.amounts

violation contains amounts.missing("limits", "cpu")[_]
