package rules.selinux_test

import data.rules.selinux as rule
import data.tests.objects

test_fail_type if {
	pod := {"containers": [{"name": "web", "securityContext": {"seLinuxOptions": {"type": "spc_t"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "seLinuxOptions", "type"], "message": "container \"web\" sets the SELinux type"}}
}

test_fail_user_and_role if {
	pod := {"securityContext": {"seLinuxOptions": {"user": "u", "role": "r"}}}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 2
}

test_success_of_containers if {
	pod := {"containers": [{"name": "web", "securityContext": {"seLinuxOptions": {"type": "container_engine_t", "user": "", "role": null, "level": "s0"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
