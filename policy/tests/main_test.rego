package main_test

import data.lib.pods
import data.main
import data.tests.objects

_bare := {"spec": {"containers": [{"name": "web"}]}}

test_inventory_names_every_rule if {
	found := main.deny with input as {"objects": []}
	{entry.objects | some entry in found} == {0}
	{rule | some entry in found; some rule in entry.rules} == {"allow-privilege-escalation", "apparmor", "capabilities-add", "capabilities-add-restricted", "capabilities-drop-all", "cpu-limit", "cpu-request", "fixed-uid", "gid-floor", "host-ipc", "host-network", "host-path", "host-pid", "host-port", "host-users", "memory-limit", "memory-request", "privileged", "probe-host", "proc-mount", "proc-mount-restricted", "read-only-root-fs", "run-as-non-root", "run-as-root-gid", "run-as-root-uid", "seccomp", "seccomp-unconfined", "selinux", "sysctls", "uid-floor", "volume-types", "windows-host-process"}
}

test_finding_says_which_object_and_rule if {
	service := {"apiVersion": "v1", "kind": "Service", "spec": {}}
	broken := objects.manifest("apps/v1", "Deployment", _bare)
	found := main.deny with input as {"objects": [service, broken]}
	{entry.index | some entry in found; entry.msg != "inventory"} == {1}
	{"msg": "container \"web\" may run as root", "rule": "run-as-non-root", "index": 1, "path": [
		"spec", "template", "spec", "containers", 0,
		"securityContext", "runAsNonRoot",
	]} in found
}

test_every_workload_kind_makes_pods if {
	places := {
		["v1", "Pod"]: [],
		["v1", "PodTemplate"]: ["template"],
		["v1", "ReplicationController"]: ["spec", "template"],
		["apps/v1", "StatefulSet"]: ["spec", "template"],
		["apps/v1", "DaemonSet"]: ["spec", "template"],
		["apps/v1", "ReplicaSet"]: ["spec", "template"],
		["batch/v1", "Job"]: ["spec", "template"],
		["argoproj.io/v1alpha1", "Rollout"]: ["spec", "template"],
	}
	every kind, place in places {
		path := concat("/", array.concat(place, ["spec"]))
		manifest := json.patch({"spec": {}, "template": {}}, [
			{"op": "add", "path": "spec", "value": {"template": {}}},
			{"op": "add", "path": path, "value": {"containers": [{"name": "web"}]}},
			{"op": "add", "path": "apiVersion", "value": kind[0]},
			{"op": "add", "path": "kind", "value": kind[1]},
		])
		count(pods.workload(manifest).containers) == 1
	}
}

test_no_pods_of_the_same_kind_of_another_group if {
	not pods.workload(objects.manifest("example.com/v1", "Deployment", _bare))
}

# the workload's template is another object's: that one is judged
test_no_pods_of_a_rollout_that_refers_to_a_workload if {
	not pods.workload({
		"apiVersion": "argoproj.io/v1alpha1",
		"kind": "Rollout",
		"spec": {"workloadRef": {"name": "web"}},
	})
}

test_odd_values_are_no_containers if {
	pod := {"containers": ["web", 1, {"name": 2}], "initContainers": {"name": "web"}, "securityContext": "none"}
	workload := objects.rollout(pod)
	[container.context.owner | some container in workload.containers] == ["container \"\""]
	workload.context.fields == {}
}
