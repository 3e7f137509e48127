package rules.volume_types_test

import data.rules.volume_types as rule
import data.tests.objects

test_fail_nfs if {
	pod := {"volumes": [{"name": "a", "nfs": {"server": "files", "path": "/"}}]}
	found := rule.violation with input as objects.rollout(pod)
	found == {{"path": ["spec", "template", "spec", "volumes", 0], "message": "a volume is of the kind nfs"}}
}

test_success_empty_dir if {
	found := rule.violation with input as objects.rollout({"volumes": [{"name": "a", "emptyDir": {}}]})
	found == set()
}

# the API server makes it an emptyDir
test_success_no_source if {
	found := rule.violation with input as objects.deployment({"volumes": [{"name": "a", "nfs": null}, null]})
	found == set()
}
