package rules.host_network_test

import data.rules.host_network as rule
import data.tests.objects

test_fail_set if {
	found := rule.violation with input as objects.rollout({"hostNetwork": true})
	found == {{"path": ["spec", "template", "spec", "hostNetwork"], "message": "the pod uses the node's own: hostNetwork is true"}}
}

test_success_not_set if {
	found := rule.violation with input as objects.rollout({"hostNetwork": false})
	found == set()
}

test_success_missing if {
	found := rule.violation with input as objects.deployment({})
	found == set()
}
