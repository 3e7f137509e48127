package rules.fixed_uid_test

import data.rules.fixed_uid as rule
import data.tests.objects

_own := "ghcr.io/techcommerce/frontend:1.0.0"

test_fail_another_user if {
	pod := {
		"securityContext": {"runAsUser": 1000, "runAsGroup": 10001},
		"containers": [{"name": "web", "image": _own}],
	}
	found := rule.violation with input as objects.rollout(pod)
	found == {{
		"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsUser"],
		"message": "container \"web\" has no runAsUser 10001",
	}}
}

test_fail_nothing_set if {
	found := rule.violation with input as objects.deployment({"containers": [{"name": "web", "image": _own}]})
	count(found) == 2
}

test_success_of_others if {
	found := rule.violation with input as objects.deployment({"containers": [{"name": "db", "image": "postgres:17.1"}]})
	found == set()
}

test_success_on_the_container if {
	context := {"runAsUser": 10001, "runAsGroup": 10001}
	found := rule.violation with input as objects.deployment({"containers": [{
		"name": "web",
		"image": _own,
		"securityContext": context,
	}]})
	found == set()
}
