package rules.privileged_test

import data.rules.privileged as rule
import data.tests.objects

test_fail_privileged if {
	pod := {"containers": [{"name": "web", "securityContext": {"privileged": true}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "privileged"], "message": "container \"web\" is privileged"}}
}

test_fail_init_container if {
	pod := {"initContainers": [{"name": "web", "securityContext": {"privileged": true}}]}
	found := rule.violation with input as objects.cron_job(pod)
	count(found) == 1
}

test_success_not_privileged if {
	pod := {"containers": [{"name": "web", "securityContext": {"privileged": false}}, {"name": "web", "securityContext": {"privileged": null}}, {"name": "web"}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
