# METADATA
# title: Containers say how much CPU they need
# custom:
#   id: cpu-request
#   severity: error
#   remediation: Set resources.requests.cpu.
package rules.cpu_request

import data.lib.amounts

violation contains amounts.missing("requests", "cpu")[_]
