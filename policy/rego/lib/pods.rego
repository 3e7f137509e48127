# METADATA
# title: The pods that an object makes
# description: >-
#   Every workload kind has its pod template elsewhere; rules see them all alike. `workload` is computed once for an
#   object and is then the input of every rule.
package lib.pods

_templates := {
	["", "Pod"]: [],
	["", "PodTemplate"]: ["template"],
	["", "ReplicationController"]: ["spec", "template"],
	["apps", "Deployment"]: ["spec", "template"],
	["apps", "StatefulSet"]: ["spec", "template"],
	["apps", "DaemonSet"]: ["spec", "template"],
	["apps", "ReplicaSet"]: ["spec", "template"],
	["batch", "Job"]: ["spec", "template"],
	["batch", "CronJob"]: ["spec", "jobTemplate", "spec", "template"],
	["argoproj.io", "Rollout"]: ["spec", "template"],
}

_own_images := "ghcr.io/techcommerce/"

# the pod of an object with its containers; undefined for an object that makes none
workload(manifest) := {
	"path": path,
	"spec": spec,
	"annotations": {
		"path": array.concat(template, ["metadata", "annotations"]),
		"values": _mapping(object.get(manifest, array.concat(template, ["metadata"]), null), "annotations"),
	},
	"context": _context("the pod", path, spec),
	"containers": containers,
	"contexts": array.concat([_context("the pod", path, spec)], [container.context | some container in containers]),
	"windows": object.get(_mapping(spec, "os"), "name", "") == "windows",
	"user_namespace": object.get(spec, "hostUsers", true) == false,
} if {
	template := _templates[[_group(manifest.apiVersion), manifest.kind]]
	path := array.concat(template, ["spec"])
	spec := object.get(manifest, path, null)
	is_object(spec)
	containers := [container |
		some kind in ["containers", "initContainers", "ephemeralContainers"]
		some index, item in list(spec, kind)
		container := _container(kind, array.concat(path, [kind, index]), _definition(item))
	]
}

# the group of apps/v1 is apps, that of v1 is empty
_group(version) := concat("/", array.slice(parts, 0, count(parts) - 1)) if parts := split(version, "/")

_container(kind, path, definition) := {
	"kind": kind,
	"path": path,
	"definition": definition,
	"context": _context(sprintf("container \"%s\"", [text(definition, "name")]), path, definition),
}

# an empty item is a container without any field
_definition(item) := item if is_object(item)

_definition(null) := {}

# the security context of a pod or a container
_context(owner, path, definition) := {
	"owner": owner,
	"path": array.concat(path, ["securityContext"]),
	"fields": _mapping(definition, "securityContext"),
}

_mapping(value, field) := value[field] if {
	is_object(value[field])
} else := {}

# a field when it is a list, else an empty one
list(value, field) := value[field] if {
	is_array(value[field])
} else := []

# a field when it is text, else nothing
text(value, field) := value[field] if {
	is_string(value[field])
} else := ""

# images that we build ourselves
is_own(container) if startswith(text(container.definition, "image"), _own_images)

# a field of the container's security context, inherited from the pod where it is not set
effective(container, field) := value if {
	value := container.context.fields[field]
	value != null
} else := value if {
	value := input.context.fields[field]
	value != null
}

# what a rule reports of a container: the field, and one sentence
finding(container, field, problem) := {
	"path": array.concat(container.path, field),
	"message": sprintf("%s %s", [container.context.owner, problem]),
}

# what a rule reports of a security context, a container's or the pod's
context_finding(context, field, problem) := {
	"path": array.concat(context.path, field),
	"message": sprintf("%s %s", [context.owner, problem]),
}

# what a rule reports of the pod itself
pod_finding(field, problem) := {"path": array.concat(input.path, field), "message": problem}
