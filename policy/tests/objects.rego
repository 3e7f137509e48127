# METADATA
# title: Small workloads to test rules with
package tests.objects

deployment(pod) := _workload("apps/v1", "Deployment", pod)

rollout(pod) := _workload("argoproj.io/v1alpha1", "Rollout", pod)

cron_job(pod) := {
	"apiVersion": "batch/v1",
	"kind": "CronJob",
	"spec": {"jobTemplate": {"spec": {"template": {"spec": pod}}}},
}

_workload(api_version, kind, pod) := {
	"apiVersion": api_version,
	"kind": kind,
	"spec": {"template": {"spec": pod}},
}
