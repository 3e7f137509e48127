package rules.host_path_test

import data.rules.host_path as rule
import data.tests.objects

test_fail_mounted if {
	pod := {"volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {"path": "/data"}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "volumes", 1, "hostPath"], "message": "mounts /data of the node"}}
}

test_fail_without_path if {
	found := rule.violation with input as objects.rollout({"volumes": [{"name": "b", "hostPath": {}}]})
	count(found) == 1
}

test_success_null if {
	found := rule.violation with input as objects.rollout({"volumes": [{"name": "b", "hostPath": null}, null]})
	found == set()
}
