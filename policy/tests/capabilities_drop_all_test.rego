package rules.capabilities_drop_all_test

import data.rules.capabilities_drop_all as rule
import data.tests.objects

test_fail_only_one_dropped if {
	context := {"capabilities": {"drop": ["NET_RAW"]}}
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web", "securityContext": context}]})
	found == {{
		"path": ["spec", "template", "spec", "containers", 0, "securityContext", "capabilities", "drop"],
		"message": "container \"web\" keeps capabilities",
	}}
}

test_success_all_dropped if {
	context := {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web", "securityContext": context}]})
	found == set()
}
