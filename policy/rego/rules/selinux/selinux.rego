# METADATA
# title: SELinux labels stay those of containers
# custom:
#   id: selinux
#   severity: error
#   remediation: Remove seLinuxOptions.user and role; as type use container_t, container_init_t, container_kvm_t or container_engine_t.
package rules.selinux

import data.lib.pods

_allowed := {
	"type": {null, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"},
	"user": {null, ""},
	"role": {null, ""},
}

violation contains pods.context_finding(context, ["seLinuxOptions", field], sprintf("sets the SELinux %s", [field])) if {
	some context in input.contexts
	some field, allowed in _allowed
	value := context.fields.seLinuxOptions[field]
	not value in allowed
}
