package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/yaml"
)

const (
	remoteRefused = "only files of this repository are rendered"
	gitMissing    = "no 'git' program on path" // what kustomize says where PATH is empty
	buildMetadata = "buildMetadata"
)

// origin is where an object comes from: File for one that was read, In and By for one that was generated.
type origin struct {
	File string `json:"file,omitempty"`
	In   string `json:"in,omitempty"`
	By   string `json:"by,omitempty"`
	Name string `json:"name,omitempty"` // of what By made
}

var cleanSlate sync.Mutex

// warmUp parses the built-in schema once, before several goroutines look into it.
func warmUp() {
	cleanSlate.Lock()
	defer cleanSlate.Unlock()
	openapi.ResetOpenAPI()
	openapi.Schema()
}

// render gives the result, or false when it must be done alone because it sets the schema of the process.
func render(wanted job, alone bool) (done *result, ok bool) {
	done = &result{ID: wanted.ID}
	root, err := filepath.EvalSymlinks(wanted.Root)
	if err != nil {
		done.Error = err.Error()
		return done, true
	}
	t := newTree(root, wanted.Path)
	t.mayOpen = alone
	err = guarded(func() error { return t.answer(wanted, done) })
	if t.alone {
		return nil, false
	}
	if err != nil || len(t.refused) > 0 {
		done.objects, done.Origins, done.Problems, done.Text = nil, nil, nil, ""
		done.Error = t.explained(err)
	}
	done.Lines, done.Seen = len(done.objects), t.seen
	done.Used = t.kustomizations()
	return done, true
}

// guarded turns what kustomize panics on, a schema that is none for example, into an error.
func guarded(do func() error) (err error) {
	defer func() {
		if found := recover(); found != nil {
			err = fmt.Errorf("kustomize gave up: %v", found)
		}
	}()
	return do()
}

func (t *tree) answer(wanted job, done *result) error {
	if err := wanted.Options.apply(t); err != nil {
		return err
	}
	found, origins, err := t.objects()
	if err != nil {
		return err
	}
	if wanted.Text {
		text, err := found.AsYaml()
		if err != nil {
			return err
		}
		done.Text = string(text)
	}
	for _, each := range found.Resources() {
		line, err := each.MarshalJSON()
		if err != nil {
			return err
		}
		done.objects = append(done.objects, line)
	}
	done.Origins = origins
	done.Problems, err = judge(t, done.objects)
	return err
}

// objects is what kustomize makes of the overlay, and where each object comes from. The origins are noted by
// kustomize in annotations, taken off afterwards; where those could change anything else, it runs without, too.
func (t *tree) objects() (resmap.ResMap, []origin, error) {
	noting := t.again()
	noting.refused = nil
	added, kept := noting.noteOrigins()
	found, err := noting.run()
	t.seenBy(noting)
	if noting.alone {
		return nil, nil, errAlone
	}
	if err == nil && !noting.meetsAnnotations() {
		origins, err := takeOrigins(found, t.folder, added, kept)
		if err == nil {
			return found, origins, nil
		}
	}
	plain := t.again()
	exact, plainErr := plain.run()
	t.seenBy(plain)
	if plainErr != nil {
		return nil, nil, plainErr
	}
	if err != nil {
		return exact, nil, nil
	}
	return exact, matched(exact, found, t.folder), nil
}

// seenBy takes over what another run looked at.
func (t *tree) seenBy(other *tree) {
	t.alone, t.total = other.alone, other.total
	for _, each := range other.used {
		if !slices.Contains(t.used, each) {
			t.used = append(t.used, each)
		}
	}
	t.refused = append(t.refused, other.refused...)
}

// run is `kustomize build` without options, which is how Argo CD calls it.
func (t *tree) run() (resmap.ResMap, error) {
	if t.mayOpen {
		openapi.ResetOpenAPI()
		defer openapi.ResetOpenAPI()
	}
	settings := krusty.MakeDefaultOptions()
	settings.Reorder = krusty.ReorderOptionUnspecified
	settings.LoadRestrictions = types.LoadRestrictionsRootOnly
	var found resmap.ResMap
	err := guarded(func() (err error) {
		found, err = krusty.MakeKustomizer(settings).Run(t, path.Join(here, t.folder))
		return err
	})
	return found, err
}

// meetsAnnotations says whether anything but a resource speaks of annotations as a field: a patch, a replacement.
func (t *tree) meetsAnnotations() bool {
	resources := map[string]bool{}
	for _, file := range t.kustomizations() {
		for _, each := range texts(parsed(t.source(file))["resources"]) {
			resources[path.Join(path.Dir(file), each)] = true
		}
	}
	for file := range t.content {
		if !resources[file] && looksAtAnnotations.Match(t.source(file)) {
			return true
		}
	}
	return false
}

var hasBuildMetadata = regexp.MustCompile(`(?im)^["']?buildMetadata["']?\s*:`)

// noteOrigins makes kustomize note origins; whether that was added, and whether the annotations stay in the output.
func (t *tree) noteOrigins() (added, kept bool) {
	name := kustomizationOf(t, ".")
	if name == "" {
		return false, false
	}
	rel, _, err := t.resolve(name)
	if err != nil {
		return false, false
	}
	content, err := t.ReadFile(name)
	t.used = nil
	if err != nil {
		return false, false
	}
	if !hasBuildMetadata.Match(content) {
		if strings.HasPrefix(strings.TrimSpace(string(content)), "{") {
			return false, false
		}
		t.edited[rel] = fmt.Appendf(nil, "%s\n%s: [%s]\n", content, buildMetadata, types.OriginAnnotations)
		return true, false
	}
	var fields map[string]any
	if yaml.Unmarshal(content, &fields) != nil {
		return false, false
	}
	listed, _ := fields[buildMetadata].([]any)
	if slices.Contains(listed, any(types.OriginAnnotations)) {
		return false, true
	}
	fields[buildMetadata] = append(listed, types.OriginAnnotations)
	changed, err := yaml.Marshal(fields)
	if err != nil {
		return false, false
	}
	t.edited[rel] = changed
	return true, false
}

func takeOrigins(found resmap.ResMap, folder string, added, kept bool) ([]origin, error) {
	origins := make([]origin, 0, found.Size())
	for _, each := range found.Resources() {
		note, err := each.GetOrigin()
		if err != nil {
			return nil, err
		}
		where := origin{}
		if note != nil {
			where.By, where.Name = note.ConfiguredBy.Kind, note.ConfiguredBy.Name
			if note.Path != "" {
				where.File = path.Join(folder, note.Path)
			}
			if note.ConfiguredIn != "" {
				where.In = path.Join(folder, note.ConfiguredIn)
			}
		}
		origins = append(origins, where)
	}
	if added && !kept {
		return origins, found.RemoveOriginAnnotations()
	}
	return origins, nil
}

// matched is the origins of the objects of one run for those of another.
func matched(exact, noted resmap.ResMap, folder string) []origin {
	origins, err := takeOrigins(noted, folder, false, true)
	if err != nil {
		return nil
	}
	known := map[string]origin{}
	for i, each := range noted.Resources() {
		known[each.CurId().String()] = origins[i]
	}
	result := make([]origin, 0, exact.Size())
	for _, each := range exact.Resources() {
		result = append(result, known[each.CurId().String()])
	}
	return result
}

// explained is an error as a person can use it: the file that is wrong and no path that is ours.
func (t *tree) explained(err error) string {
	if len(t.refused) > 0 {
		first := t.refused[0]
		name := cleaned(first.path)
		if from := t.referrer(name); from != "" {
			return fmt.Sprintf("%s names %s, which %s", from, name, first.why)
		}
		return fmt.Sprintf("%s %s", name, first.why)
	}
	text := cleaned(err.Error())
	if strings.Contains(text, gitMissing) || strings.Contains(text, remoteRefused) {
		if file, address := t.remote(text); file != "" {
			return fmt.Sprintf("%s names %s, which is not in this repository: %s", file, address, remoteRefused)
		}
	}
	if errors.Is(err, errAlone) {
		return errAlone.Error()
	}
	return strings.TrimSpace(text)
}

func cleaned(text string) string {
	text = strings.ReplaceAll(text, here+"/", "")
	return strings.ReplaceAll(text, here, ".")
}

func (t *tree) kustomizations() []string {
	var found []string
	for _, each := range t.used {
		if !slices.Contains(found, each) {
			found = append(found, each)
		}
	}
	return found
}

// referrer is the kustomization that names a file.
func (t *tree) referrer(name string) string {
	wanted := path.Join(here, name)
	if path.IsAbs(name) {
		wanted = name
	}
	for _, file := range t.kustomizations() {
		for _, each := range texts(parsed(t.source(file))) {
			if path.Join(here, path.Dir(file), each) == wanted || each == name {
				return file
			}
		}
	}
	return ""
}

// remote is the kustomization that names the remote file or base of a message, and its address.
func (t *tree) remote(message string) (file, address string) {
	for _, file := range t.kustomizations() {
		for _, each := range texts(parsed(t.source(file))) {
			isAddress := strings.ContainsAny(each, ":@") || strings.Count(each, "/") >= 2
			if isAddress && strings.Contains(message, each) && !t.Exists(path.Join(here, path.Dir(file), each)) {
				return file, each
			}
		}
	}
	return "", ""
}

// source is the text of a kustomization as it was used.
func (t *tree) source(rel string) []byte {
	if edited, ok := t.edited[rel]; ok {
		return edited
	}
	return t.content[rel]
}
