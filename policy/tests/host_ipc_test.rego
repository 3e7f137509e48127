package rules.host_ipc_test

import data.rules.host_ipc as rule
import data.tests.objects

test_fail_set if {
	found := rule.violation with input as objects.rollout({"hostIPC": true})
	found == {{"path": ["spec", "template", "spec", "hostIPC"], "message": "the pod uses the node's own: hostIPC is true"}}
}

test_success_not_set if {
	found := rule.violation with input as objects.rollout({"hostIPC": false})
	found == set()
}

test_success_missing if {
	found := rule.violation with input as objects.deployment({})
	found == set()
}
