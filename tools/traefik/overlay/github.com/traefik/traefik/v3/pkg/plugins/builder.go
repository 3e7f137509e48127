// Traefik without plug-ins: what interprets them brings the whole standard library of Go in tables, minutes of compiling,
// and our cluster has none.
package plugins

import (
	"context"
	"errors"
	"net/http"

	"github.com/traefik/traefik/v3/pkg/provider"
)

var errWithout = errors.New("this Traefik is built without plug-ins")

// Constructor creates a plugin handler.
type Constructor func(context.Context, http.Handler) (http.Handler, error)

// Builder is a plugin builder.
type Builder struct{}

// NewBuilder refuses every plugin.
func NewBuilder(_ *Manager, plugins map[string]Descriptor, localPlugins map[string]LocalDescriptor) (*Builder, error) {
	if len(plugins)+len(localPlugins) > 0 {
		return nil, errWithout
	}
	return &Builder{}, nil
}

// Build refuses every middleware.
func (b Builder) Build(string, map[string]any, string) (Constructor, error) {
	return nil, errWithout
}

// BuildProvider refuses every provider.
func (b Builder) BuildProvider(string, map[string]any) (provider.Provider, error) {
	return nil, errWithout
}
