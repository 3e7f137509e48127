package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var integer = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,17})$`)

// lines are the objects as kyaml prints them in JSON.
func lines(found resmap.ResMap) ([][]byte, error) {
	all := make([][]byte, 0, found.Size())
	for _, each := range found.Resources() {
		line, plain := appendJSON(nil, each.YNode())
		if !plain {
			var err error
			if line, err = each.MarshalJSON(); err != nil {
				return nil, err
			}
		}
		all = append(all, line)
	}
	return all, nil
}

// appendJSON adds what kyaml's MarshalJSON would print, which writes YAML and reads it again: that is half a minute
// in ten thousand overlays. False where only that way is sure to give the same.
func appendJSON(line []byte, node *yaml.Node) ([]byte, bool) {
	if node == nil || node.Anchor != "" {
		return nil, false
	}
	switch tag := node.ShortTag(); {
	case node.Kind == yaml.MappingNode && tag == yaml.NodeTagMap:
		return appendMapping(line, node)
	case node.Kind == yaml.SequenceNode && tag == yaml.NodeTagSeq:
		line = append(line, '[')
		plain := true
		for i, each := range node.Content {
			if i > 0 {
				line = append(line, ',')
			}
			if line, plain = appendJSON(line, each); !plain {
				return nil, false
			}
		}
		return append(line, ']'), true
	case node.Kind != yaml.ScalarNode:
		return nil, false
	case tag == yaml.NodeTagString:
		return appendText(line, node.Value)
	case tag == yaml.NodeTagInt && integer.MatchString(node.Value),
		tag == yaml.NodeTagBool && (node.Value == "true" || node.Value == "false"),
		tag == yaml.NodeTagNull && node.Value == "null":
		return append(line, node.Value...), true
	}
	return nil, false
}

func appendMapping(line []byte, node *yaml.Node) ([]byte, bool) {
	values := make(map[string]*yaml.Node, len(node.Content)/2)
	keys := make([]string, 0, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.ShortTag() != yaml.NodeTagString || values[key.Value] != nil {
			return nil, false
		}
		keys, values[key.Value] = append(keys, key.Value), node.Content[i+1]
	}
	slices.Sort(keys)
	line = append(line, '{')
	plain := true
	for i, key := range keys {
		if i > 0 {
			line = append(line, ',')
		}
		if line, plain = appendText(line, key); !plain {
			return nil, false
		}
		if line, plain = appendJSON(append(line, ':'), values[key]); !plain {
			return nil, false
		}
	}
	return append(line, '}'), true
}

func appendText(line []byte, text string) ([]byte, bool) {
	isOdd := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if strings.ContainsFunc(text, isOdd) || strings.HasPrefix(text, "\n") {
		return nil, false
	}
	quoted, err := json.Marshal(text)
	return append(line, quoted...), err == nil
}
