package rules.host_pid_test

import data.rules.host_pid as rule
import data.tests.objects

test_fail_set if {
	found := rule.violation with input as objects.rollout({"hostPID": true})
	found == {{"path": ["spec", "template", "spec", "hostPID"], "message": "the pod uses the node's own: hostPID is true"}}
}

test_success_not_set if {
	found := rule.violation with input as objects.rollout({"hostPID": false})
	found == set()
}

test_success_missing if {
	found := rule.violation with input as objects.deployment({})
	found == set()
}
