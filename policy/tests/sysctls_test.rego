package rules.sysctls_test

import data.rules.sysctls as rule
import data.tests.objects

test_fail_of_the_node if {
	pod := {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem"}, {"name": "kernel.msgmax"}]}}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "securityContext", "sysctls", 1, "name"], "message": "the pod sets the kernel's kernel.msgmax"}}
}

test_fail_without_name if {
	found := rule.violation with input as objects.rollout({"securityContext": {"sysctls": [{"value": "1"}, null]}})
	count(found) == 2
}

test_success_safe if {
	pod := {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_notsent_lowat"}]}}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
