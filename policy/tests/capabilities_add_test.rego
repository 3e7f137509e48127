package rules.capabilities_add_test

import data.rules.capabilities_add as rule
import data.tests.objects

test_fail_net_admin if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["CHOWN", "NET_ADMIN"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "capabilities", "add", 1], "message": "container \"web\" adds the capability NET_ADMIN"}}
}

test_fail_null if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": [null]}}}]}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 1
}

test_fail_windows if {
	pod := {"os": {"name": "windows"}, "containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["SYS_TIME"]}}}]}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 1
}

test_success_default_ones if {
	pod := {"containers": [{"name": "web", "securityContext": {"capabilities": {"add": ["CHOWN", "SYS_CHROOT"]}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
