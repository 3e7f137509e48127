package rules.windows_host_process_test

import data.rules.windows_host_process as rule
import data.tests.objects

test_fail_pod if {
	pod := {"securityContext": {"windowsOptions": {"hostProcess": true}}}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "securityContext", "windowsOptions", "hostProcess"], "message": "the pod is a process of the Windows node"}}
}

test_fail_container if {
	pod := {"containers": [{"name": "web", "securityContext": {"windowsOptions": {"hostProcess": true}}}]}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 1
}

test_success_false if {
	pod := {"containers": [{"name": "web", "securityContext": {"windowsOptions": {"hostProcess": false}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
