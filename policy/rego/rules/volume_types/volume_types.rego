# METADATA
# title: Volumes are of the kinds that cannot reach past the pod
# custom:
#   id: volume-types
#   severity: error
#   remediation: Use configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret.
package rules.volume_types

import data.lib.pods

_allowed := {
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image",
	"persistentVolumeClaim", "projected", "secret",
}

# a volume without any source is an emptyDir
violation contains pods.pod_finding(["volumes", index], sprintf("a volume is of the kind %s", [min(kinds)])) if {
	some index, volume in pods.list(input.spec, "volumes")
	is_object(volume)
	kinds := {kind | some kind, source in volume; kind != "name"; source != null}
	count(kinds) > 0
	count(kinds & _allowed) == 0
}
