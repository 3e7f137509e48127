package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	kjson "sigs.k8s.io/json"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// request is what comes on standard input.
type request struct {
	Repositories []repository `json:"repositories"`
	Fleets       []fleet      `json:"fleets"`
}

// repository says which local folder stands for a URL. Its files are those of `revision` (refs/heads/main when that is
// not said); full commit ids are read from the Git repository in `objects`, or else in the folder itself.
type repository struct {
	URL      string `json:"url"`
	Folder   string `json:"folder"`
	Revision string `json:"revision"`
	Objects  string `json:"objects"`
}

// fleet is what one Argo CD, in its namespace, manages.
type fleet struct {
	Name           string            `json:"name"`
	Namespace      string            `json:"namespace"`
	Sets           []json.RawMessage `json:"sets"`
	Projects       []json.RawMessage `json:"projects"`
	ClusterSecrets []json.RawMessage `json:"clusterSecrets"`
}

// answer is what a set generates: records, joined by commas, or an error.
type answer struct {
	fleet, set string
	records    [][]byte
	err        error
}

// record is one Application, and what it was made of.
type record struct {
	Application described      `json:"application"`
	Files       []string       `json:"files"`
	Parameters  map[string]any `json:"parameters"`
}

// described is what an ApplicationSet decides about an Application; the rest is status.
type described struct {
	APIVersion string                   `json:"apiVersion"`
	Kind       string                   `json:"kind"`
	Metadata   metadata                 `json:"metadata"`
	Spec       v1alpha1.ApplicationSpec `json:"spec"`
	Operation  *v1alpha1.Operation      `json:"operation,omitempty"`
}

type metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Finalizers  []string          `json:"finalizers,omitempty"`
}

func describe(application *v1alpha1.Application) described {
	return described{
		APIVersion: "argoproj.io/v1alpha1",
		Kind:       "Application",
		Metadata: metadata{
			Name:        application.Name,
			Namespace:   application.Namespace,
			Labels:      application.Labels,
			Annotations: application.Annotations,
			Finalizers:  application.Finalizers,
		},
		Spec:      application.Spec,
		Operation: application.Operation,
	}
}

// strictly decodes as the API server does when it is asked to be strict: unknown and repeated fields are errors.
func strictly(raw []byte, into any) error {
	found, err := kjson.UnmarshalStrict(raw, into)
	if err != nil {
		return err
	}
	return errors.Join(found...)
}

func decodeSet(raw []byte) (*v1alpha1.ApplicationSet, error) {
	set := &v1alpha1.ApplicationSet{}
	if err := strictly(raw, set); err != nil {
		return set, err
	}
	for _, generator := range set.Spec.Generators {
		var nested []v1alpha1.ApplicationSetNestedGenerator
		if generator.Matrix != nil {
			nested = append(nested, generator.Matrix.Generators...)
		}
		if generator.Merge != nil {
			nested = append(nested, generator.Merge.Generators...)
		}
		if err := checkNested(nested); err != nil {
			return set, err
		}
	}
	return set, nil
}

// checkNested looks into what the types leave undecoded.
func checkNested(generators []v1alpha1.ApplicationSetNestedGenerator) error {
	for _, each := range generators {
		if each.Matrix != nil {
			if err := strictly(each.Matrix.Raw, &v1alpha1.NestedMatrixGenerator{}); err != nil {
				return fmt.Errorf("a nested matrix: %w", err)
			}
		}
		if each.Merge != nil {
			if err := strictly(each.Merge.Raw, &v1alpha1.NestedMergeGenerator{}); err != nil {
				return fmt.Errorf("a nested merge: %w", err)
			}
		}
	}
	return nil
}

func decodeSecret(raw []byte) (corev1.Secret, error) {
	secret := corev1.Secret{}
	if err := strictly(raw, &secret); err != nil {
		return secret, err
	}
	for key, value := range secret.StringData { // what the API server does with it
		if secret.Data == nil {
			secret.Data = map[string][]byte{}
		}
		secret.Data[key] = []byte(value)
	}
	secret.StringData = nil
	return secret, nil
}

// write prints the answers; the records are JSON already.
func write(out *bufio.Writer, answers []answer) {
	out.WriteString(`{"sets":[`)
	for number, each := range answers {
		if number > 0 {
			out.WriteString(",")
		}
		fmt.Fprintf(out, "\n{\"fleet\":%s,\"set\":%s,", text(each.fleet), text(each.set))
		if each.err != nil {
			fmt.Fprintf(out, "\"error\":%s}", text(each.err.Error()))
			continue
		}
		out.WriteString(`"applications":[`)
		first := true
		for _, records := range each.records {
			if len(records) == 0 {
				continue
			}
			if !first {
				out.WriteString(",\n")
			}
			first = false
			out.Write(records)
		}
		out.WriteString("]}")
	}
	out.WriteString("]}\n")
}

func text(value string) []byte {
	encoded, _ := json.Marshal(value) // text can always be encoded
	return encoded
}
