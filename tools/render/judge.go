package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/yaml"
)

// problem is something that kustomize passes in silence; Field leads to it in File.
type problem struct {
	File    string `json:"file"`
	Field   []any  `json:"field"`
	Message string `json:"message"`
}

type object = map[string]any

var (
	patchFields = []string{"patches", "patchesStrategicMerge"}
	// what may give a container fields that stand in no file and in no patch
	makesFields = []string{"replacements", "transformers", "vars", "patchesJson6902"}
)

// a name that no image has
const sentinel = "entry-number-%d.invalid/it"

// inspection looks for entries of the kustomizations in use that did nothing, and for patches that lost something.
// What the objects do not show at once is tried: kustomize renders again with the entry changed.
type inspection struct {
	tree    *tree
	found   resmap.ResMap
	lines   [][]byte
	confirm bool
	after   map[any]container // see rollouts
	count   int               // of the Rollouts that came out
}

// judge gives what is wrong, and what may be: a Component is made for several overlays, so an entry that does
// nothing in one of them is only wrong when it does nothing in all. Who knows them all can have it confirmed.
func (s *inspection) judge() (problems, suspects []problem) {
	intact := s.intact()
	for _, file := range s.tree.kustomizations() {
		kustomization := parsed(s.tree.source(file))
		shared := kustomization["kind"] == "Component"
		idle := s.idle(file, kustomization, !shared || s.confirm)
		if shared {
			suspects = append(suspects, idle...)
		} else {
			problems = append(problems, idle...)
		}
		for _, field := range patchFields {
			for i := range list(kustomization[field]) {
				if !intact {
					problems = append(problems, s.lost(file, field, i)...)
				}
			}
		}
	}
	return problems, suspects
}

// idle is the entries that do nothing; without trying them, those of which the objects show nothing.
func (s *inspection) idle(file string, kustomization object, try bool) []problem {
	var found []problem
	for i, entry := range list(kustomization["images"]) {
		if !s.imageShows(mapping(entry)) && !(try && s.imageCounts(file, i)) {
			name := text(mapping(entry)["name"])
			found = append(found, problem{file, []any{"images", i}, fmt.Sprintf("no object has an image called %s", name)})
		}
	}
	for _, field := range []string{"patches", "patchesJson6902"} {
		for i, entry := range list(kustomization[field]) {
			target, ok := mapping(entry)["target"].(object)
			if ok && !s.targetShows(target) && !(try && s.targetMatches(file, field, i)) {
				found = append(found, problem{file, []any{field, i}, "the target of the patch matches no object"})
			}
		}
	}
	return found
}

func decode(lines [][]byte) []object {
	found := make([]object, len(lines))
	for i, line := range lines {
		_ = json.Unmarshal(line, &found[i])
	}
	return found
}

// imageShows says whether some object has the image that the entry makes.
func (s *inspection) imageShows(entry object) bool {
	name := text(entry["newName"])
	if name == "" {
		name = text(entry["name"])
	}
	wanted := name
	if tag := text(entry["newTag"]); tag != "" {
		wanted += ":" + tag
	}
	if digest := text(entry["digest"]); digest != "" {
		wanted += "@" + digest
	}
	if wanted == name {
		return false
	}
	quoted, err := json.Marshal(wanted)
	return err == nil && s.contains(append([]byte(`"image":`), quoted...))
}

func (s *inspection) contains(part []byte) bool {
	return slices.ContainsFunc(s.lines, func(line []byte) bool { return bytes.Contains(line, part) })
}

// imageCounts says whether the entry renames an image, tried with a name that nothing else has.
func (s *inspection) imageCounts(file string, index int) bool {
	name := fmt.Sprintf(sentinel, index)
	lines, err := s.changed(file, func(kustomization object) {
		entry := mapping(list(kustomization["images"])[index])
		list(kustomization["images"])[index] = object{"name": entry["name"], "newName": name}
	})
	return err != nil || slices.ContainsFunc(lines, func(line []byte) bool { return bytes.Contains(line, []byte(name)) })
}

// targetShows says whether an object of the result is plainly what the target asks for.
func (s *inspection) targetShows(target object) bool {
	for key := range target {
		if !slices.Contains([]string{"group", "version", "kind", "name", "namespace"}, key) {
			return false
		}
	}
	return slices.ContainsFunc(s.found.Resources(), func(each *resource.Resource) bool {
		kind := each.GetGvk()
		return fits(target["kind"], kind.Kind) && fits(target["group"], kind.Group) &&
			fits(target["version"], kind.Version) && fits(target["name"], each.GetName()) &&
			fits(target["namespace"], each.GetNamespace())
	})
}

func fits(pattern any, value string) bool {
	wanted := text(pattern)
	if wanted == "" || wanted == value {
		return wanted == value || pattern == nil
	}
	expression, err := regexp.Compile("^(?:" + wanted + ")$")
	return err == nil && expression.MatchString(value)
}

// targetMatches says whether a patch that must fail on whatever it meets does fail.
func (s *inspection) targetMatches(file, field string, index int) bool {
	_, err := s.changed(file, func(kustomization object) {
		entry := mapping(list(kustomization[field])[index])
		list(kustomization[field])[index] = object{
			"target": entry["target"], "patch": `[{"op": "test", "path": "/kind", "value": {"never": "so"}}]`,
		}
	})
	return err != nil
}

// changed renders again with one kustomization changed.
func (s *inspection) changed(file string, change func(object)) ([][]byte, error) {
	var kustomization object
	if err := yaml.Unmarshal(s.tree.source(file), &kustomization); err != nil {
		return nil, err
	}
	change(kustomization)
	content, err := yaml.Marshal(kustomization)
	if err != nil {
		return nil, err
	}
	probe := s.tree.again()
	probe.edited[file] = content
	found, err := probe.run()
	if err != nil {
		return nil, err
	}
	return lines(found)
}

// lost is the containers of a Rollout that a strategic merge patch took something from. kustomize knows no merge
// keys for a Rollout, so that it replaces the whole list by what the patch says.
func (s *inspection) lost(file, field string, index int) []problem {
	named := list(parsed(s.tree.source(file))[field])[index]
	said := s.patch(file, named)
	if !bytes.Contains(said, []byte("ontainers")) || !s.contains([]byte(`"kind":"Rollout"`)) || aside(named, said) {
		return nil
	}
	before, err := s.changed(file, func(kustomization object) {
		kustomization[field] = slices.Delete(list(kustomization[field]), index, index+1)
	})
	if err != nil {
		return nil
	}
	where := problem{File: file, Field: []any{field, index}}
	if name := s.patchFile(file, named); name != "" {
		where = problem{File: name, Field: []any{}}
	}
	patched := containersIn(documents(said))
	after := s.rollouts()
	var found []problem
	for _, each := range decode(before) {
		if text(each["kind"]) != "Rollout" {
			continue
		}
		for key, container := range containersOf(each) {
			if gone := missing(container, after[key], patched[container.name]); len(gone) > 0 {
				where.Message = fmt.Sprintf(
					"the patch takes %s from the container %s of Rollout %s: kustomize replaces the list of containers; use a JSON6902 patch",
					strings.Join(gone, ", "), container.name, key.object)
				found = append(found, where)
			}
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Message < found[j].Message })
	return found
}

// intact says at no cost whether patches can have taken anything: they have not when all that the files and the
// patches say of a Rollout's containers came out. Only otherwise is each patch tried.
func (s *inspection) intact() bool {
	if s.rollouts(); s.count > 1 { // one could have kept what the other lost
		return false
	}
	for name, content := range s.tree.content {
		if !isKustomization(name) && bytes.Contains(content, []byte("ontainers")) && !s.cameOut(content, false) {
			return false
		}
	}
	for _, file := range s.tree.kustomizations() {
		kustomization := parsed(s.tree.source(file))
		for _, field := range makesFields {
			if kustomization[field] != nil {
				return false
			}
		}
		for _, field := range patchFields {
			for _, entry := range list(kustomization[field]) {
				said := s.patch(file, entry)
				if bytes.Contains(said, []byte("ontainers")) && (operates(said) || !s.cameOut(said, !aside(entry, said))) {
					return false
				}
			}
		}
	}
	return true
}

// cameOut says whether the containers of the Rollouts in a text, or of everything in it, came out with each field.
func (s *inspection) cameOut(content []byte, everything bool) bool {
	for _, each := range documents(content) {
		if !everything && text(each["kind"]) != "Rollout" {
			continue
		}
		for _, before := range containersOf(each) {
			if len(missing(before, s.rollouts()[before.name], container{})) > 0 {
				return false
			}
		}
	}
	return true
}

// rollouts is the containers of the Rollouts that came out.
func (s *inspection) rollouts() map[any]container {
	if s.after == nil {
		var found [][]byte
		for i, each := range s.found.Resources() {
			if each.GetKind() == "Rollout" {
				found = append(found, s.lines[i])
			}
		}
		s.after, s.count = containersIn(decode(found)), len(found)
	}
	return s.after
}

// aside says whether the patch is one that cannot have replaced a list of a Rollout.
func aside(entry any, said []byte) bool {
	target, aimed := mapping(entry)["target"].(object)
	if aimed && !fits(target["kind"], "Rollout") || !aimed && !bytes.Contains(said, []byte("Rollout")) {
		return true
	}
	return operates(said)
}

// operates says whether a patch is a list of JSON6902 operations.
func operates(said []byte) bool {
	_, operations := decoded(said).([]any)
	return operations
}

func (s *inspection) patch(file string, entry any) []byte {
	if inline := text(mapping(entry)["patch"]); inline != "" {
		return []byte(inline)
	}
	if name := s.patchFile(file, entry); name != "" {
		return s.tree.content[name]
	}
	return []byte(text(entry))
}

// patchFile is the file that a patch lies in, "" for one that stands in the kustomization.
func (s *inspection) patchFile(file string, entry any) string {
	name := text(mapping(entry)["path"])
	if name == "" {
		name = text(entry) // patchesStrategicMerge lists names or texts
	}
	if name == "" || strings.Contains(name, "\n") {
		return ""
	}
	rel, _, err := s.tree.resolve(path.Join(here, path.Dir(file), name))
	if err != nil {
		return ""
	}
	return rel
}

type container struct {
	name   string
	fields object
}

type containerKey struct{ object, list, container string }

func containersIn(objects []object) map[any]container {
	found := map[any]container{}
	for _, each := range objects {
		for key, one := range containersOf(each) {
			found[key] = one
			found[one.name] = one
		}
	}
	return found
}

func containersOf(each object) map[containerKey]container {
	found := map[containerKey]container{}
	metadata := mapping(each["metadata"])
	name := text(metadata["name"])
	if namespace := text(metadata["namespace"]); namespace != "" {
		name = namespace + "/" + name
	}
	spec := mapping(mapping(mapping(each["spec"])["template"])["spec"])
	for _, kind := range []string{"initContainers", "containers"} {
		for _, one := range list(spec[kind]) {
			fields := mapping(one)
			found[containerKey{name, kind, text(fields["name"])}] = container{text(fields["name"]), fields}
		}
	}
	return found
}

// missing is what a container had before a patch, does not have any more, and the patch does not speak of.
func missing(before, after, patched container) []string {
	if patched.fields["$patch"] != nil {
		return nil
	}
	if after.fields == nil {
		return []string{"everything"}
	}
	var gone []string
	for field := range before.fields {
		_, said := patched.fields[field]
		if _, there := after.fields[field]; !there && !said {
			gone = append(gone, field)
		}
	}
	sort.Strings(gone)
	return gone
}

var separator = regexp.MustCompile(`(?m)^---.*$`)

func documents(content []byte) []object {
	var found []object
	for _, part := range separator.Split(string(content), -1) {
		if one := parsed([]byte(part)); one != nil {
			found = append(found, one)
		}
	}
	return found
}

var known sync.Map // what texts say: many overlays share theirs

func decoded(content []byte) any {
	key := string(content)
	if found, ok := known.Load(key); ok {
		return found
	}
	var value any
	if yaml.Unmarshal(content, &value) != nil {
		value = nil
	}
	known.Store(key, value)
	return value
}

// parsed is what a kustomization or another mapping says, with the fields under their names.
func parsed(content []byte) object {
	return mapping(decoded(content))
}

// texts is every text in a value.
func texts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var found []string
		for _, each := range value {
			found = append(found, texts(each)...)
		}
		return found
	case object:
		var found []string
		for _, each := range value {
			found = append(found, texts(each)...)
		}
		return found
	}
	return nil
}

func mapping(value any) object {
	found, _ := value.(object)
	return found
}

func list(value any) []any {
	found, _ := value.([]any)
	return found
}

func text(value any) string {
	found, _ := value.(string)
	return found
}
