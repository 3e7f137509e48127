# METADATA
# title: Small workloads to test rules with, as rules get them
package tests.objects

import data.lib.pods

deployment(pod) := pods.workload(manifest("apps/v1", "Deployment", {"spec": pod}))

rollout(pod) := pods.workload(manifest("argoproj.io/v1alpha1", "Rollout", {"spec": pod}))

annotated_rollout(annotations) := pods.workload(manifest(
	"argoproj.io/v1alpha1", "Rollout",
	{"metadata": {"annotations": annotations}, "spec": {}},
))

cron_job(pod) := pods.workload({
	"apiVersion": "batch/v1",
	"kind": "CronJob",
	"spec": {"jobTemplate": {"spec": {"template": {"spec": pod}}}},
})

manifest(api_version, kind, template) := {
	"apiVersion": api_version,
	"kind": kind,
	"spec": {"template": template},
}
