package rules.run_as_non_root_test

import data.rules.run_as_non_root as rule
import data.tests.objects

test_fail_nothing_set if {
	found := rule.violation with input as objects.rollout({"containers": [{"name": "web"}]})
	found == {{
		"path": ["spec", "template", "spec", "containers", 0, "securityContext", "runAsNonRoot"],
		"message": "container \"web\" may run as root",
	}}
}

test_fail_container_overrides_pod if {
	pod := {
		"securityContext": {"runAsNonRoot": true},
		"initContainers": [{"name": "prepare", "securityContext": {"runAsNonRoot": false}}],
		"containers": [{"name": "web"}],
	}
	found := rule.violation with input as objects.deployment(pod)
	{finding.path | some finding in found} == {[
		"spec", "template", "spec", "initContainers", 0,
		"securityContext", "runAsNonRoot",
	]}
}

test_fail_cron_job if {
	found := rule.violation with input as objects.cron_job({"containers": [{"name": "web"}]})
	{finding.path | some finding in found} == {[
		"spec", "jobTemplate", "spec", "template", "spec", "containers", 0,
		"securityContext", "runAsNonRoot",
	]}
}

test_success_inherited if {
	pod := {"securityContext": {"runAsNonRoot": true}, "containers": [{"name": "web"}]}
	found := rule.violation with input as objects.rollout(pod)
	found == set()
}

test_success_no_workload if {
	found := rule.violation with input as {"apiVersion": "v1", "kind": "Service", "spec": {}}
	found == set()
}

test_success_same_kind_of_another_group if {
	other := object.union(objects.deployment({"containers": [{"name": "web"}]}), {"apiVersion": "example.com/v1"})
	found := rule.violation with input as other
	found == set()
}

# the workload's template is another object's: that one is judged
test_success_rollout_of_a_workload_reference if {
	found := rule.violation with input as {
		"apiVersion": "argoproj.io/v1alpha1",
		"kind": "Rollout",
		"spec": {"workloadRef": {"name": "web"}},
	}
	found == set()
}
