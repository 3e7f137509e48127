package rules.capabilities_add_restricted_test

import data.rules.capabilities_add_restricted as rule
import data.tests.objects

test_fail_chown if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["NET_BIND_SERVICE", "CHOWN"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "capabilities", "add", 1], "message": "container \"web\" adds the capability CHOWN"}}
}

test_success_low_ports if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["NET_BIND_SERVICE"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_windows if {
	pod := {"os": {"name": "windows"}, "containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["CHOWN"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
