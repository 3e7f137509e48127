# METADATA
# title: What every rule says about one document
# description: >-
#   The pipelines give conftest one document at a time, as people do; the gate gives it all objects at once
#   (policy/rego/main). The rules are the same.
package main

import data.lib.pods

deny contains {"msg": finding.message, "rule": name} if {
	workload := pods.workload(input)
	some name
	some finding in data.rules[name].violation with input as workload
}
