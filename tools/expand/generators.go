package main

import (
	"fmt"
	"maps"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// everyGenerator is the controller's table: combinations nest one level deep.
func everyGenerator(objects client.Client, namespace string, repos services.Repos) map[string]generators.Generator {
	single := map[string]generators.Generator{
		"List":                    generators.NewListGenerator(),
		"Clusters":                generators.NewClusterGenerator(objects, namespace),
		"Git":                     generators.NewGitGenerator(repos, namespace),
		"SCMProvider":             outside{"scmProvider", "a Git host for its repositories"},
		"PullRequest":             outside{"pullRequest", "a Git host for its pull requests"},
		"ClusterDecisionResource": outside{"clusterDecisionResource", "a cluster for a decision"},
		"Plugin":                  outside{"plugin", "a plugin"},
		"Oci":                     outside{"oci", "an OCI registry"},
	}
	return combined(single, combined(single, single))
}

// combined is the single generators, and matrix and merge of the inner ones.
func combined(single, inner map[string]generators.Generator) map[string]generators.Generator {
	all := maps.Clone(single)
	all["Matrix"] = generators.NewMatrixGenerator(inner)
	all["Merge"] = generators.NewMergeGenerator(inner)
	return all
}

// outside stands for a generator whose answer is not in Git.
type outside struct{ name, asks string }

func (o outside) GenerateParams(*v1alpha1.ApplicationSetGenerator, *v1alpha1.ApplicationSet, client.Client) ([]map[string]any, error) {
	return nil, fmt.Errorf("the %s generator asks %s, so Git alone does not say what it generates", o.name, o.asks)
}

func (o outside) GetRequeueAfter(*v1alpha1.ApplicationSetGenerator) time.Duration {
	return generators.NoRequeueAfter
}

func (o outside) GetTemplate(*v1alpha1.ApplicationSetGenerator) *v1alpha1.ApplicationSetTemplate {
	return &v1alpha1.ApplicationSetTemplate{}
}

// given stands for a generator that has given its parameters already.
type given struct {
	params   []map[string]any
	template *v1alpha1.ApplicationSetTemplate
}

func (g given) GenerateParams(*v1alpha1.ApplicationSetGenerator, *v1alpha1.ApplicationSet, client.Client) ([]map[string]any, error) {
	return g.params, nil
}

func (g given) GetRequeueAfter(*v1alpha1.ApplicationSetGenerator) time.Duration {
	return generators.NoRequeueAfter
}

func (g given) GetTemplate(*v1alpha1.ApplicationSetGenerator) *v1alpha1.ApplicationSetTemplate {
	return g.template
}

// perFile gives the generator of Git files that decides alone, file by file, what `generator` gives: the files'
// parameters follow one another, each file's the same whatever the other files say. It gives nil for other shapes.
func perFile(generator v1alpha1.ApplicationSetGenerator) *v1alpha1.GitGenerator {
	switch {
	case kinds(generator) != 1:
		return nil
	case generator.Git != nil:
		return onlyFiles(generator.Git)
	case generator.Matrix != nil:
		return firstPerFile(generator.Matrix)
	}
	return nil
}

func kinds(generator v1alpha1.ApplicationSetGenerator) int {
	every := everyGenerator(nil, "", nil)
	return len(generators.GetRelevantGenerators(&generator, every))
}

func onlyFiles(git *v1alpha1.GitGenerator) *v1alpha1.GitGenerator {
	if len(git.Files) == 0 || len(git.Directories) != 0 {
		return nil
	}
	return git
}

// firstPerFile: a matrix takes each of the first generator's parameters by itself, so only the first may read files.
func firstPerFile(matrix *v1alpha1.MatrixGenerator) *v1alpha1.GitGenerator {
	if len(matrix.Generators) != 2 || readsGit(matrix.Generators[1]) {
		return nil
	}
	first := matrix.Generators[0]
	switch {
	case first.Git != nil && first.Matrix == nil && first.Merge == nil:
		return onlyFiles(first.Git)
	case first.Matrix != nil && first.Git == nil && first.Merge == nil:
		inner, err := v1alpha1.ToNestedMatrixGenerator(first.Matrix)
		if err != nil {
			return nil
		}
		return firstPerFile(inner.ToMatrixGenerator())
	}
	return nil
}

func readsGit(generator v1alpha1.ApplicationSetNestedGenerator) bool {
	if generator.Git != nil {
		return true
	}
	var inner []v1alpha1.ApplicationSetNestedGenerator
	if matrix, err := v1alpha1.ToNestedMatrixGenerator(generator.Matrix); err == nil && matrix != nil {
		inner = append(inner, matrix.ToMatrixGenerator().Generators...)
	}
	if merge, err := v1alpha1.ToNestedMergeGenerator(generator.Merge); err == nil && merge != nil {
		inner = append(inner, merge.ToMergeGenerator().Generators...)
	}
	for _, each := range inner {
		if readsGit(each) {
			return true
		}
	}
	return false
}
