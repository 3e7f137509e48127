# METADATA
# title: The root file system is read-only
# custom:
#   id: read-only-root-fs
#   severity: error
package rules.read_only_root_fs

import data.lib.pods

violation contains pods.finding(container, ["securityContext", "readOnlyRootFilesystem"], "can write into its image") if {
	some container in pods.containers
	not _is_read_only(container)
}

_is_read_only(container) if container.definition.securityContext.readOnlyRootFilesystem == true
