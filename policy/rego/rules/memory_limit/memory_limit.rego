# METADATA
# title: Containers have a memory limit
# custom:
#   id: memory-limit
#   severity: error
#   remediation: Set resources.limits.memory.
package rules.memory_limit

import data.lib.amounts

violation contains amounts.missing("limits", "memory")[_]
