package rules.seccomp_unconfined_test

import data.rules.seccomp_unconfined as rule
import data.tests.objects

test_fail_unconfined if {
	pod := {"containers": [{"name": "web", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "seccompProfile"], "message": "container \"web\" switches the seccomp profile off"}}
}

test_fail_without_type if {
	found := rule.violation with input as objects.deployment({"securityContext": {"seccompProfile": {}}})
	count(found) == 1
}

test_success_nothing_set if {
	pod := {"containers": [{"name": "web", "securityContext": {"seccompProfile": null}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
