package rules.host_users_test

import data.rules.host_users as rule
import data.tests.objects

test_fail_set if {
	found := rule.violation with input as objects.rollout({"hostUsers": true})
	found == {{"path": ["spec", "template", "spec", "hostUsers"], "message": "the pod's users are the node's: hostUsers is true"}}
}

test_success_false if {
	found := rule.violation with input as objects.rollout({"hostUsers": false})
	found == set()
}

test_success_missing if {
	found := rule.violation with input as objects.deployment({})
	found == set()
}
