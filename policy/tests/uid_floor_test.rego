package rules.uid_floor_test

import data.rules.uid_floor as rule
import data.tests.objects

test_fail_low if {
	pod := {"containers": [{"name": "web", "securityContext": {"runAsUser": 9999}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsUser"], "message": "container \"web\" has no runAsUser of 10000 or more"}}
}

test_fail_missing if {
	found := rule.violation with input as objects.deployment({"containers": [{"name": "web"}]})
	count(found) == 1
}

test_fail_no_whole_number if {
	pod := {"containers": [{"name": "web", "securityContext": {"runAsUser": 10000.5}}, {"name": "web", "securityContext": {"runAsUser": "10001"}}]}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 2
}

test_success_inherited if {
	pod := {"securityContext": {"runAsUser": 10000}, "containers": [{"name": "web"}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_windows if {
	found := rule.violation with input as objects.rollout({"os": {"name": "windows"}, "containers": [{"name": "web"}]})
	found == set()
}
