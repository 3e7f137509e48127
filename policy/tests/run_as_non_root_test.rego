package rules.run_as_non_root_test

import data.rules.run_as_non_root as rule
import data.tests.objects

test_fail_nothing_set if {
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web"}]})
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsNonRoot"], "message": "container \"web\" may run as root"}}
}

test_fail_container_overrides_pod if {
	pod := {"securityContext": {"runAsNonRoot": true}, "initContainers": [{"name": "web", "securityContext": {"runAsNonRoot": false}}], "containers": [{"name": "web"}]}
	found := rule.violation with input as objects.deployment(pod)
	found == {{"path": ["spec", "template", "spec", "initContainers", 0, "securityContext", "runAsNonRoot"], "message": "container \"web\" may run as root"}}
}

# whatever its containers say
test_fail_pod_says_the_contrary if {
	pod := {"securityContext": {"runAsNonRoot": false}, "containers": [{"name": "web", "securityContext": {"runAsNonRoot": true}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "securityContext", "runAsNonRoot"], "message": "the pod may run as root"}}
}

test_fail_cron_job if {
	found := rule.violation with input as objects.cron_job({"containers": [{"name": "web"}]})
	found == {{"path": ["spec", "jobTemplate", "spec", "template", "spec", "containers", 0, "securityContext", "runAsNonRoot"], "message": "container \"web\" may run as root"}}
}

test_success_inherited if {
	pod := {"securityContext": {"runAsNonRoot": true}, "containers": [{"name": "web"}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_users_of_its_own if {
	pod := {"hostUsers": false, "containers": [{"name": "web", "securityContext": {"runAsNonRoot": false}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
