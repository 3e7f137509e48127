package rules.probe_host_test

import data.rules.probe_host as rule
import data.tests.objects

test_fail_probe if {
	pod := {"containers": [{"name": "web", "livenessProbe": {"httpGet": {"host": "192.0.2.1"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "livenessProbe", "httpGet", "host"], "message": "container \"web\" has the node call another host"}}
}

test_fail_handler if {
	pod := {"containers": [{"name": "web", "lifecycle": {"preStop": {"tcpSocket": {"host": "192.0.2.1"}}}}]}
	found := rule.violation with input as objects.deployment(pod)
	count(found) == 1
}

test_success_own_pod if {
	pod := {"containers": [{"name": "web", "readinessProbe": {"httpGet": {"host": ""}}, "startupProbe": {"tcpSocket": {"port": 80}}, "lifecycle": null}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
