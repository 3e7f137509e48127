package rules.memory_limit_test

import data.rules.memory_limit as rule
import data.tests.objects

test_fail_missing if {
	pod := {"initContainers": [{"name": "web", "resources": {"requests": {"memory": "1"}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "initContainers", 0, "resources", "limits", "memory"], "message": "container \"web\" has no memory limit"}}
}

test_fail_null if {
	pod := {"containers": [{"name": "web", "resources": {"limits": {"memory": null}}}]}
	found := rule.violation with input as objects.rollout(pod)
	count(found) == 1
}

test_success_set if {
	pod := {"containers": [{"name": "web", "resources": {"limits": {"memory": 1}}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

# they cannot have resources
test_success_ephemeral if {
	found := rule.violation with input as objects.rollout({"ephemeralContainers": [{"name": "debug"}]})
	found == set()
}
