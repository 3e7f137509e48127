// Empty: see builder.go.

//go:build linux || darwin

package plugins
