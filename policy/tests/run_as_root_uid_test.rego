package rules.run_as_root_uid_test

import data.rules.run_as_root_uid as rule
import data.tests.objects

test_fail_pod if {
	found := rule.violation with input as objects.rollout({"securityContext": {"runAsUser": 0}})
	found == {{"path": ["spec", "template", "spec", "securityContext", "runAsUser"], "message": "the pod runs as root: runAsUser is 0"}}
}

test_fail_container if {
	pod := {"containers": [{"name": "web", "securityContext": {"runAsUser": 0, "runAsNonRoot": true}}]}
	found := rule.violation with input as objects.deployment(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsUser"], "message": "container \"web\" runs as root: runAsUser is 0"}}
}

test_success_another if {
	pod := {"containers": [{"name": "web", "securityContext": {"runAsUser": 1}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_users_of_its_own if {
	pod := {"hostUsers": false, "containers": [{"name": "web", "securityContext": {"runAsUser": 0}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
