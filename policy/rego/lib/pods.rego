# METADATA
# title: The pods that an object makes
# description: Every workload kind has its pod template elsewhere; rules see them all alike.
package lib.pods

_template_paths := {
	"Pod": [],
	"PodTemplate": ["template"],
	"Deployment": ["spec", "template"],
	"StatefulSet": ["spec", "template"],
	"DaemonSet": ["spec", "template"],
	"ReplicaSet": ["spec", "template"],
	"ReplicationController": ["spec", "template"],
	"Job": ["spec", "template"],
	"Rollout": ["spec", "template"],
	"CronJob": ["spec", "jobTemplate", "spec", "template"],
}

_groups := {
	"Pod": "",
	"PodTemplate": "",
	"ReplicationController": "",
	"Deployment": "apps",
	"StatefulSet": "apps",
	"DaemonSet": "apps",
	"ReplicaSet": "apps",
	"Job": "batch",
	"CronJob": "batch",
	"Rollout": "argoproj.io",
}

_own_images := "ghcr.io/techcommerce/"

# the group of apps/v1 is apps, that of v1 is empty
_group := split(input.apiVersion, "/")[0] if contains(input.apiVersion, "/")

_group := "" if not contains(input.apiVersion, "/")

# where the pod's spec is in the object
spec_path := array.concat(_template_paths[input.kind], ["spec"]) if _groups[input.kind] == _group

spec := value if {
	value := object.get(input, spec_path, null)
	is_object(value)
}

# every container with its path and the fields that the pod hands down to it
containers contains container if {
	some kind in ["containers", "initContainers", "ephemeralContainers"]
	list := object.get(spec, kind, [])
	is_array(list)
	some index, definition in list
	is_object(definition)
	container := {
		"kind": kind,
		"path": array.concat(spec_path, [kind, index]),
		"name": object.get(definition, "name", ""),
		"definition": definition,
	}
}

# images that we build ourselves
is_own(container) if {
	image := object.get(container.definition, "image", "")
	is_string(image)
	startswith(image, _own_images)
}

# a field of the container's security context, inherited from the pod where it is not set
effective(container, field) := value if {
	value := _own_field(container, field)
	value != null
} else := value if {
	value := _field(object.get(spec, "securityContext", {}), field)
	value != null
}

_own_field(container, field) := _field(object.get(container.definition, "securityContext", {}), field)

_field(context, field) := object.get(context, field, null) if is_object(context)

_field(context, _) := null if not is_object(context)

# what a rule reports: the field, and one sentence
finding(container, field, problem) := {
	"path": array.concat(container.path, field),
	"message": sprintf("container %q %s", [container.name, problem]),
}
