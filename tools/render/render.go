package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	remoteRefused = "only files of this repository are rendered"
	gitMissing    = "no 'git' program on path" // what kustomize says where PATH is empty
)

// enforce makes a schema that of the process, beside Kubernetes' own, and says whether it is one; empty is none.
func enforce(schema []byte) bool {
	return guarded(func() error {
		openapi.ResetOpenAPI()
		if len(schema) > 0 {
			// what the first object of a custom kind does: without it kustomize would forget Kubernetes' schema
			openapi.IsNamespaceScoped(yaml.TypeMeta{APIVersion: "example.com/v1", Kind: "Custom"})
			if err := openapi.SetSchema(map[string]string{"path": "schema"}, schema, true); err != nil {
				return err
			}
		}
		openapi.Schema() // parsed once, before several goroutines look into it
		return nil
	}) == nil
}

// render gives the result. Under another schema than the one in force, and not alone, there is none: then it gives
// the schema that it could share with others, if there is such a one. What `keeper` keeps was made under that schema;
// alone, there is none.
func render(wanted job, schema []byte, keeper *keeper) (done *result, other []byte) {
	done = &result{ID: wanted.ID}
	root, err := filepath.EvalSymlinks(wanted.Root)
	if err != nil {
		done.Error = err.Error()
		return done, nil
	}
	t := newTree(root, wanted.Path)
	t.mayOpen, t.schema, t.keeper = keeper == nil, schema, keeper
	err = guarded(func() error { return t.answer(wanted, done) })
	if t.alone {
		return nil, t.shared
	}
	if err != nil || len(t.refused) > 0 {
		done.objects, done.Problems, done.Suspects, done.Text = nil, nil, nil, ""
		done.Error = t.explained(err)
	}
	done.Lines, done.Seen = len(done.objects), t.seen
	done.Used = t.kustomizations()
	return done, nil
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
	if !t.IsDir(".") { // kustomize's commands would end the process
		return fmt.Errorf("%s is no folder", wanted.Path)
	}
	if err := wanted.Options.apply(t); err != nil {
		return err
	}
	found, err := t.run()
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
	if done.objects, err = lines(found); err != nil {
		return err
	}
	look := &inspection{tree: t, found: found, lines: done.objects, confirm: wanted.Confirm}
	done.Problems, done.Suspects = look.judge()
	return nil
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
	settings.PluginConfig = t.keeper.settings(t)
	var found resmap.ResMap
	err := guarded(func() (err error) {
		found, err = krusty.MakeKustomizer(settings).Run(t, path.Join(here, t.folder))
		return err
	})
	return found, err
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
