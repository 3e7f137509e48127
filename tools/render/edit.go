package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/edit"
	"sigs.k8s.io/yaml"
)

// options is what an Application says in source.kustomize, under its names; what is not here is refused.
type options struct {
	NamePrefix                string            `json:"namePrefix"`
	NameSuffix                string            `json:"nameSuffix"`
	Images                    []string          `json:"images"`
	Replicas                  []replica         `json:"replicas"`
	CommonLabels              map[string]string `json:"commonLabels"`
	LabelWithoutSelector      bool              `json:"labelWithoutSelector"`
	LabelIncludeTemplates     bool              `json:"labelIncludeTemplates"`
	ForceCommonLabels         bool              `json:"forceCommonLabels"`
	CommonAnnotations         map[string]string `json:"commonAnnotations"`
	CommonAnnotationsEnvsubst bool              `json:"commonAnnotationsEnvsubst"`
	ForceCommonAnnotations    bool              `json:"forceCommonAnnotations"`
	Namespace                 string            `json:"namespace"`
	Patches                   []addedPatch      `json:"patches"`
	Components                []string          `json:"components"`
	IgnoreMissingComponents   bool              `json:"ignoreMissingComponents"`
	KubeVersion               string            `json:"kubeVersion"` // these two are for Helm charts alone
	APIVersions               []string          `json:"apiVersions"`
}

type replica struct {
	Name  string `json:"name"`
	Count any    `json:"count"`
}

type addedPatch struct {
	Path    string          `json:"path,omitempty"`
	Patch   string          `json:"patch,omitempty"`
	Target  *selector       `json:"target,omitempty"`
	Options map[string]bool `json:"options,omitempty"`
}

type selector struct {
	Group              string `json:"group,omitempty"`
	Version            string `json:"version,omitempty"`
	Kind               string `json:"kind,omitempty"`
	Name               string `json:"name,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	AnnotationSelector string `json:"annotationSelector,omitempty"`
	LabelSelector      string `json:"labelSelector,omitempty"`
}

// apply changes the overlay's kustomization as Argo CD does before it builds: the same commands in the same order.
func (o *options) apply(t *tree) error {
	commands, err := o.commands()
	if err != nil {
		return err
	}
	for _, words := range commands {
		if err := kustomizeEdit(t, words); err != nil {
			return err
		}
	}
	if len(o.Patches) > 0 {
		if err := o.addPatches(t); err != nil {
			return err
		}
	}
	components := o.Components
	if o.IgnoreMissingComponents {
		components = firstComponent(t, components)
	}
	if len(components) > 0 {
		return kustomizeEdit(t, append([]string{"add", "component"}, components...))
	}
	return nil
}

func (o *options) commands() ([][]string, error) {
	var all [][]string
	if o.NamePrefix != "" {
		all = append(all, []string{"set", "nameprefix", "--", o.NamePrefix})
	}
	if o.NameSuffix != "" {
		all = append(all, []string{"set", "namesuffix", "--", o.NameSuffix})
	}
	if len(o.Images) > 0 {
		if err := noVariables(o.Images...); err != nil {
			return nil, err
		}
		all = append(all, append([]string{"set", "image"}, o.Images...))
	}
	if len(o.Replicas) > 0 {
		words := []string{"set", "replicas"}
		for _, each := range o.Replicas {
			words = append(words, fmt.Sprintf("%s=%v", each.Name, each.Count))
		}
		all = append(all, words)
	}
	if len(o.CommonLabels) > 0 {
		words := []string{"add", "label"}
		words = flagged(words, "--force", o.ForceCommonLabels)
		words = flagged(words, "--without-selector", o.LabelWithoutSelector)
		words = flagged(words, "--include-templates", o.LabelIncludeTemplates)
		pairs := pairs(o.CommonLabels)
		if err := noVariables(pairs...); err != nil {
			return nil, err
		}
		all = append(all, append(words, pairs...))
	}
	if len(o.CommonAnnotations) > 0 {
		pairs := pairs(o.CommonAnnotations)
		if o.CommonAnnotationsEnvsubst {
			if err := noVariables(pairs...); err != nil {
				return nil, err
			}
		}
		all = append(all, append(flagged([]string{"add", "annotation"}, "--force", o.ForceCommonAnnotations), pairs...))
	}
	if o.Namespace != "" {
		all = append(all, []string{"set", "namespace", "--", o.Namespace})
	}
	return all, nil
}

// noVariables refuses what Argo CD would fill in when it builds: $ARGOCD_APP_NAME, ${ARGOCD_APP_REVISION}.
func noVariables(values ...string) error {
	for _, value := range values {
		if strings.Contains(value, "$") {
			return fmt.Errorf("source.kustomize: %q has a variable, which only Argo CD can fill in", value)
		}
	}
	return nil
}

func flagged(words []string, flag string, wanted bool) []string {
	if wanted {
		return append(words, flag)
	}
	return words
}

func pairs(values map[string]string) []string {
	var found []string
	for key, value := range values {
		found = append(found, key+":"+value)
	}
	sort.Strings(found)
	return found
}

func kustomizeEdit(t *tree, words []string) error {
	dependencies := provider.NewDepProvider()
	command := edit.NewCmdEdit(t, dependencies.GetFieldValidator(), dependencies.GetResourceFactory(), io.Discard)
	command.SetArgs(words)
	command.SetOut(io.Discard)
	command.SetErr(io.Discard)
	command.SilenceUsage, command.SilenceErrors = true, true
	if err := command.Execute(); err != nil {
		return fmt.Errorf("kustomize edit %s: %w", strings.Join(words[:2], " "), err)
	}
	return nil
}

func (o *options) addPatches(t *tree) error {
	name := kustomizationOf(t, ".")
	if name == "" {
		return errors.New("kustomization file not found in the path")
	}
	content, err := t.ReadFile(name)
	if err != nil {
		return err
	}
	var fields map[string]any
	if err := yaml.Unmarshal(content, &fields); err != nil {
		return fmt.Errorf("failed to unmarshal kustomization.yaml: %w", err)
	}
	if fields == nil {
		return errors.New("kustomization.yaml is empty")
	}
	listed, ok := fields["patches"].([]any)
	if _, there := fields["patches"]; there && !ok {
		return errors.New("the field patches of the kustomization is no list")
	}
	for _, each := range o.Patches {
		listed = append(listed, each)
	}
	fields["patches"] = listed
	changed, err := yaml.Marshal(fields)
	if err != nil {
		return err
	}
	return t.WriteFile(name, changed)
}

// firstComponent is what Argo CD adds with ignoreMissingComponents: it stops at the first one that exists.
func firstComponent(t *tree, wanted []string) []string {
	for _, each := range wanted {
		if kustomizationOf(t, each) != "" {
			return []string{each}
		}
	}
	return nil
}

// kustomizationOf is the kustomization file of a folder, "" when it has none.
func kustomizationOf(t *tree, folder string) string {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		full := path.Join(folder, name)
		if _, info, err := t.resolve(full); err == nil && info.Mode()&os.ModeType == 0 {
			return full
		}
	}
	return ""
}
