// Empty: see builder.go.
package plugins
