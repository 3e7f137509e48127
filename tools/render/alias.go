package main

import (
	"bytes"
	"regexp"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A small file can stand for billions of values; kustomize would write them all out.
const mostValues = 2_000_000

var (
	anchors = regexp.MustCompile(`(?m)(?:^|[\s\[{,])&[^\s\[\]{},]`)
	aliases = regexp.MustCompile(`(?m)(?:^|[\s\[{,])\*[^\s\[\]{},]`)
)

// explodes says whether the values of a text, aliases counted as often as they are used, are too many.
func explodes(content []byte) bool {
	if bytes.IndexByte(content, '&') < 0 || !anchors.Match(content) || !aliases.Match(content) {
		return false
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var document yaml.Node
		if decoder.Decode(&document) != nil {
			return false // the end, or no YAML: kustomize says what is wrong
		}
		if values(&document, map[*yaml.Node]int{}) > mostValues {
			return true
		}
	}
}

func values(node *yaml.Node, known map[*yaml.Node]int) int {
	if count, ok := known[node]; ok {
		return count
	}
	known[node] = mostValues + 1 // until it is counted: an alias inside of its own anchor never ends
	count := 1
	if node.Kind == yaml.AliasNode {
		count += values(node.Alias, known)
	}
	for _, each := range node.Content {
		if count += values(each, known); count > mostValues {
			break
		}
	}
	known[node] = count
	return count
}
