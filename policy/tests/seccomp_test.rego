package rules.seccomp_test

import data.rules.seccomp as rule
import data.tests.objects

test_fail_nothing_set if {
	found := rule.violation with input as objects.cron_job({"containers": [{"name": "web"}]})
	count(found) == 1
}

test_fail_unconfined_against_the_pod if {
	pod := {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}, "containers": [{"name": "web", "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "seccompProfile"], "message": "container \"web\" has no seccomp profile"}}
}

# whatever its containers say
test_fail_pod_unconfined if {
	pod := {"securityContext": {"seccompProfile": {"type": "Unconfined"}}, "containers": [{"name": "web", "securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "web.json"}}}]}
	found := rule.violation with input as objects.deployment(pod)
	found == {{"path": ["spec", "template", "spec", "securityContext", "seccompProfile"], "message": "the pod has no seccomp profile"}}
}

test_success_inherited if {
	pod := {"securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "web.json"}}, "containers": [{"name": "web"}]}
	found := rule.violation with input as objects.deployment(pod)
	found == set()
}

test_success_windows if {
	found := rule.violation with input as objects.rollout({"os": {"name": "windows"}, "containers": [{"name": "web"}]})
	found == set()
}
