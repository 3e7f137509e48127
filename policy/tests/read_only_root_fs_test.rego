package rules.read_only_root_fs_test

import data.rules.read_only_root_fs as rule
import data.tests.objects

test_fail_not_set if {
	found := rule.violation with input as objects.rollout({"ephemeralContainers": [{"name": "debug"}]})
	found == {{
		"path": ["spec", "template", "spec", "ephemeralContainers", 0, "securityContext", "readOnlyRootFilesystem"],
		"message": "container \"debug\" can write into its image",
	}}
}

test_success_set if {
	context := {"readOnlyRootFilesystem": true}
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web", "securityContext": context}]})
	found == set()
}
