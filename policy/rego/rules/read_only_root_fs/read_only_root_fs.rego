# METADATA
# title: The root file system is read-only
# custom:
#   id: read-only-root-fs
#   severity: error
#   remediation: 'Set securityContext.readOnlyRootFilesystem: true on the container, and mount an emptyDir where it must write.'
package rules.read_only_root_fs

import data.lib.pods

violation contains pods.finding(container, ["securityContext", "readOnlyRootFilesystem"], "can write into its image") if {
	not input.windows
	some container in input.containers
	not _is_read_only(container)
}

_is_read_only(container) if container.context.fields.readOnlyRootFilesystem == true
