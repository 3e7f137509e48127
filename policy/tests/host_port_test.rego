package rules.host_port_test

import data.rules.host_port as rule
import data.tests.objects

test_fail_set if {
	pod := {"containers": [{"name": "web", "ports": [{"containerPort": 5000}, {"hostPort": 80}]}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "ports", 1, "hostPort"], "message": "container \"web\" takes a port of the node"}}
}

# zero is what the API server takes for none
test_success_zero if {
	pod := {"containers": [{"name": "web", "ports": [{"hostPort": 0}, {"hostPort": null}, null]}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
