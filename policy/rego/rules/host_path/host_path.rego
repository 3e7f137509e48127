# METADATA
# title: No folder of the node is mounted
# custom:
#   id: host-path
#   severity: error
#   remediation: Use a PersistentVolumeClaim, an emptyDir, a ConfigMap or a Secret.
package rules.host_path

import data.lib.pods

violation contains pods.pod_finding(["volumes", index, "hostPath"], problem) if {
	some index, volume in pods.list(input.spec, "volumes")
	volume.hostPath != null
	problem := sprintf("mounts %s of the node", [pods.text(volume.hostPath, "path")])
}
