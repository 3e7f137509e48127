# METADATA
# title: What every rule says about every object
# description: >-
#   conftest evaluates this one set, once for all objects. The inventory in it tells which rules took part and how
#   many objects they saw, so that a rule that was renamed or never loaded is noticed. What a rule gets as its input is
#   the pod of an object, computed once for all rules.
package main

import data.lib.pods

deny contains {"msg": broken.message, "rule": broken.rule, "index": index, "path": broken.path} if {
	some index, object in input.objects
	workload := pods.workload(object)
	some broken in _broken with input as workload
}

deny contains {"msg": "inventory", "rules": [_id(name) | data.rules[name].violation], "objects": count(input.objects)}

_broken contains {"rule": _id(name), "message": finding.message, "path": finding.path} if {
	some name
	some finding in data.rules[name].violation
}

_id(name) := replace(name, "_", "-")
