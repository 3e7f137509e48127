# METADATA
# title: No capabilities beyond the default ones are added
# custom:
#   id: capabilities-add
#   severity: error
#   remediation: Remove it from securityContext.capabilities.add.
package rules.capabilities_add

import data.lib.capabilities

_allowed := {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
	"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

violation contains capabilities.added(container, index, name) if {
	some container in input.containers
	some index, name in capabilities.listed(container)
	not name in _allowed
}
