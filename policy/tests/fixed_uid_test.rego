package rules.fixed_uid_test

import data.rules.fixed_uid as rule
import data.tests.objects

test_fail_another_user if {
	pod := {"securityContext": {"runAsUser": 1000, "runAsGroup": 10001}, "containers": [{"name": "web", "image": "ghcr.io/techcommerce/frontend:1.0.0"}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsUser"], "message": "container \"web\" has no runAsUser 10001"}}
}

test_fail_nothing_set if {
	pod := {"containers": [{"name": "web", "image": "ghcr.io/techcommerce/frontend:1.0.0"}]}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 2
}

test_success_of_others if {
	pod := {"containers": [{"name": "web", "image": "postgres:17.1"}, {"name": "web"}]}
	found := rule.violation with input as objects.deployment(pod)
	found == set()
}

test_success_on_the_container if {
	pod := {"containers": [{"name": "web", "securityContext": {"runAsUser": 10001, "runAsGroup": 10001}, "image": "ghcr.io/techcommerce/frontend:1.0.0"}]}
	found := rule.violation with input as objects.deployment(pod)
	found == set()
}
