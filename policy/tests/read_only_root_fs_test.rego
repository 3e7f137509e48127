package rules.read_only_root_fs_test

import data.rules.read_only_root_fs as rule
import data.tests.objects

test_fail_not_set if {
	found := rule.violation with input as objects.rollout({"ephemeralContainers": [{"name": "debug"}]})
	found == {{"path": ["spec", "template", "spec", "ephemeralContainers", 0, "securityContext", "readOnlyRootFilesystem"], "message": "container \"debug\" can write into its image"}}
}

test_success_set if {
	pod := {"containers": [{"name": "web", "securityContext": {"readOnlyRootFilesystem": true}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_windows if {
	found := rule.violation with input as objects.rollout({"os": {"name": "windows"}, "containers": [{"name": "web"}]})
	found == set()
}
