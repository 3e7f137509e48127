package rules.capabilities_drop_all_test

import data.rules.capabilities_drop_all as rule
import data.tests.objects

test_fail_only_one_dropped if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "capabilities", "drop"], "message": "container \"web\" keeps capabilities"}}
}

# the API server takes no other spelling
test_fail_lower_case if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"drop": ["all"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	count(found) == 1
}

test_success_all_dropped if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_windows if {
	found := rule.violation with input as objects.rollout({"os": {"name": "windows"}, "containers": [{"name": "web"}]})
	found == set()
}
