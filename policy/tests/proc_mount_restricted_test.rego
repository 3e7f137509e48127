package rules.proc_mount_restricted_test

import data.rules.proc_mount_restricted as rule
import data.tests.objects

test_fail_unmasked if {
	pod := {"containers": [{"name": "web", "securityContext": {"procMount": "Unmasked"}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "procMount"], "message": "container \"web\" does not mask /proc"}}
}

test_fail_users_of_its_own if {
	pod := {"hostUsers": false, "containers": [{"name": "web", "securityContext": {"procMount": "Unmasked"}}]}
	found := rule.violation with input as objects.rollout(pod)
	count(found) == 1
}

test_success_default if {
	pod := {"containers": [{"name": "web", "securityContext": {"procMount": "Default"}}, {"name": "web", "securityContext": {"procMount": null}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
