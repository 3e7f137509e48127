package rules.run_as_root_gid_test

import data.rules.run_as_root_gid as rule
import data.tests.objects

test_fail_group if {
	pod := {"containers": [{"name": "web", "securityContext": {"runAsGroup": 0}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsGroup"], "message": "container \"web\" is in the group of root: runAsGroup is 0"}}
}

test_fail_volumes_and_supplements if {
	pod := {"securityContext": {"fsGroup": 0, "supplementalGroups": [10001, 0]}}
	found := rule.violation with input as objects.deployment(pod)
	found == {{"path": ["spec", "template", "spec", "securityContext", "fsGroup"], "message": "the pod is in the group of root: fsGroup is 0"}, {"path": ["spec", "template", "spec", "securityContext", "supplementalGroups", 1], "message": "the pod is in the group of root: a supplemental group is 0"}}
}

test_success_others if {
	pod := {"securityContext": {"fsGroup": 1, "runAsGroup": 1, "supplementalGroups": [1]}}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}
