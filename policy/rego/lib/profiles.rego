# METADATA
# title: Profiles that confine containers
package lib.profiles

_profiles := {"RuntimeDefault", "Localhost"}

is_on(profile) if profile.type in _profiles

# whether a security context names another profile than these; none at all is no such thing
is_off(context, field) if {
	profile := context.fields[field]
	profile != null
	not is_on(profile)
}
