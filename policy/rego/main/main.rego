# METADATA
# title: What every rule says about every object
# description: >-
#   conftest evaluates this one set, once for all objects. The inventory in it tells which rules took part and how
#   many objects they saw, so that a rule that was renamed or never loaded is noticed.
package main

deny contains {"msg": finding.message, "rule": _id(name), "index": index, "path": finding.path} if {
	some index, object in input.objects
	some name
	some finding in data.rules[name].violation with input as object
}

deny contains {"msg": "inventory", "rules": [_id(name) | data.rules[name].violation], "objects": count(input.objects)}

_id(name) := replace(name, "_", "-")
