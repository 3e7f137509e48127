package main

import (
	"bytes"
	"path"
	"regexp"
	"strings"
)

var group = regexp.MustCompile(`(?m)^apiVersion: *["']?([a-z0-9-]+(?:\.[a-z0-9-]+)+)/`)

// setsSchema says whether a kustomization may set a schema: field names count in any case.
func setsSchema(kustomization []byte) bool {
	return bytes.Contains(bytes.ToLower(kustomization), []byte("openapi"))
}

// sharable is the schema that a Component sets, when the render comes out the same with it in force from the start:
// all that was loaded before is what includes the Component, whose patches are applied after it, and an object of a
// custom kind, which makes kustomize keep Kubernetes' own schema beside. Otherwise it is nil.
func (t *tree) sharable(rel string, content []byte) []byte {
	component := parsed(content)
	setting := mapping(component["openapi"])
	name, _ := setting["path"].(string)
	if component["kind"] != "Component" || len(setting) != 1 || name == "" || !t.isNested() || !t.hasCustomKind() {
		return nil
	}
	found, err := t.ReadFile(path.Join(here, path.Dir(rel), name))
	if err != nil || len(found) == 0 {
		return nil
	}
	return found
}

// isNested says whether each kustomization so far was read because the one before it names it.
func (t *tree) isNested() bool {
	all := t.kustomizations()
	for i, each := range all[1:] {
		if !t.names(all[i], path.Dir(each)) {
			return false
		}
	}
	return true
}

func (t *tree) names(file, folder string) bool {
	for _, each := range texts(parsed(t.source(file))) {
		if path.Join(path.Dir(file), each) == folder {
			return true
		}
	}
	return false
}

func (t *tree) hasCustomKind() bool {
	for _, content := range t.content {
		for _, found := range group.FindAllSubmatch(content, -1) {
			if name := string(found[1]); !strings.HasSuffix(name, ".k8s.io") {
				return true
			}
		}
	}
	return false
}
