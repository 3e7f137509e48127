# METADATA
# title: Containers say how much memory they need
# custom:
#   id: memory-request
#   severity: error
#   remediation: Set resources.requests.memory.
package rules.memory_request

import data.lib.amounts

violation contains amounts.missing("requests", "memory")[_]
