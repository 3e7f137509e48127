package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	log "github.com/sirupsen/logrus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// chunk is how many Applications are filled in one go.
const chunk = 32

// unsteady finds template functions that give something else each time.
var unsteady = regexp.MustCompile(`\{\{(?:[^}]*[^.\w$"])?(now|ago|uuidv4|shuffle|bcrypt|htpasswd|encryptAES|rand[A-Z]\w*|gen[A-Z]\w*)\b`)

// expander generates, on as many cores as there are.
type expander struct {
	trees *trees
	kept  kept
	whole bool
	cores chan struct{}
	alone sync.RWMutex // the function slugify keeps its settings in variables of its package
}

func newExpander(trees *trees, cache string, whole bool) *expander {
	return &expander{trees: trees, kept: kept{cache}, whole: whole, cores: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// controller is one Argo CD.
type controller struct {
	*expander
	name      string
	namespace string
	objects   *objects
	key       string
}

// asked is a set with what stands for it in keys.
type asked struct {
	*v1alpha1.ApplicationSet
	key   string
	alone bool
}

func (e *expander) expand(fleets []fleet) ([]answer, error) {
	var answers []answer
	var running sync.WaitGroup
	for _, each := range fleets {
		objects, err := newObjects(each)
		if err != nil {
			return nil, err
		}
		key, err := keyOf(each.Namespace, each.Projects, each.ClusterSecrets)
		if err != nil {
			return nil, err
		}
		of := &controller{e, each.Name, each.Namespace, objects, key}
		first := len(answers)
		answers = append(answers, make([]answer, len(each.Sets))...)
		own := answers[first:]
		for number, raw := range each.Sets {
			running.Go(func() { own[number] = of.answer(raw) })
		}
		running.Wait() // fleets follow each other: a later one may move the answers
	}
	return answers, nil
}

func (c *controller) answer(raw []byte) answer {
	set, err := decodeSet(raw)
	found := answer{fleet: c.name, set: set.Name}
	if err != nil {
		found.err = err
		return found
	}
	parts, err := c.parts(set)
	if err == nil {
		err = c.validate(set, parts)
	}
	if err != nil {
		found.err = err
		return found
	}
	for _, each := range parts {
		found.records = append(found.records, each.records)
	}
	return found
}

// parts generates what a set describes; one that is used before is not generated again.
func (c *controller) parts(set *v1alpha1.ApplicationSet) ([]*part, error) {
	if err := utils.CheckInvalidGenerators(set); err != nil {
		return nil, err
	}
	// nothing else may matter: annotations of a set change with everything that it is made of
	pure := &v1alpha1.ApplicationSet{ObjectMeta: metav1.ObjectMeta{Name: set.Name, Namespace: set.Namespace}, Spec: set.Spec}
	content, err := json.Marshal(set.Spec)
	if err != nil {
		return nil, err
	}
	if word := unsteady.FindSubmatch(content); word != nil && set.Spec.GoTemplate {
		return nil, fmt.Errorf("the template function %s gives something else each time, so Git does not say what the set generates", word[1])
	}
	key, err := keyOf(c.key, set.Name, set.Namespace, json.RawMessage(content))
	if err != nil {
		return nil, err
	}
	alone := bytes.Contains(content, []byte("slugify")) || bytes.Contains(content, []byte("tpl"))
	wanted := asked{pure, key, alone}
	var jobs []func() (*part, error)
	for number := range set.Spec.Generators {
		added, err := c.jobs(wanted, number)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, added...)
	}
	return c.all(jobs)
}

// jobs are what gives a generator's Applications, one for each file where that is the same.
func (c *controller) jobs(set asked, number int) ([]func() (*part, error), error) {
	git := perFile(set.Spec.Generators[number])
	if git == nil || c.whole {
		return []func() (*part, error){func() (*part, error) { return c.part(set, number, nil) }}, nil
	}
	names := map[string]bool{"": true} // without any file it says what is wrong with the set itself
	for _, each := range git.Files {
		if each.Exclude {
			continue
		}
		found, err := c.trees.files(git.RepoURL, git.Revision, each.Path)
		if err != nil {
			return nil, err
		}
		for name := range found.content {
			names[name] = true
		}
	}
	var jobs []func() (*part, error)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		jobs = append(jobs, func() (*part, error) { return c.part(set, number, &name) })
	}
	return jobs, nil
}

// all runs jobs side by side and gives their results in order, or the first error in that order.
func (c *controller) all(jobs []func() (*part, error)) ([]*part, error) {
	parts, problems := make([]*part, len(jobs)), make([]error, len(jobs))
	var running sync.WaitGroup
	for number, job := range jobs {
		c.cores <- struct{}{}
		running.Go(func() {
			defer func() { <-c.cores }()
			defer func() {
				if problem := recover(); problem != nil {
					problems[number] = fmt.Errorf("it cannot be generated: %v", problem)
				}
			}()
			parts[number], problems[number] = job()
		})
	}
	running.Wait()
	for _, problem := range problems {
		if problem != nil {
			return nil, problem
		}
	}
	return parts, nil
}

// part is what a generator gives when it sees all files, or that file only.
func (c *controller) part(set asked, number int, only *string) (*part, error) {
	key, err := keyOf(set.key, number, only)
	if err != nil {
		return nil, err
	}
	before := c.kept.read(key)
	seen := &reads{trees: c.trees, only: only, files: map[string]bool{}}
	if before != nil && seen.same(before.Calls) {
		return before, nil
	}
	if set.alone {
		c.alone.Lock()
		defer c.alone.Unlock()
	} else {
		c.alone.RLock()
		defer c.alone.RUnlock()
	}
	made, err := c.generate(set, number, seen)
	if err != nil {
		return nil, err
	}
	return made, c.kept.write(key, made)
}

func (c *controller) generate(set asked, number int, seen *reads) (*part, error) {
	every := everyGenerator(c.objects, c.namespace, seen)
	results, err := generators.Transform(
		set.Spec.Generators[number], every, set.Spec.Template, set.ApplicationSet, map[string]any{}, c.objects)
	if err != nil {
		return nil, err
	}
	var chunks []given
	for _, result := range results {
		for params := range slices.Chunk(result.Params, chunk) {
			chunks = append(chunks, given{params, &result.Template})
		}
	}
	filled := make([][]v1alpha1.Application, len(chunks))
	problems := make([]error, len(chunks))
	var running sync.WaitGroup
	for index, each := range chunks {
		running.Go(func() { filled[index], problems[index] = fill(set.ApplicationSet, each, c.objects) })
		if set.alone {
			running.Wait()
		}
	}
	running.Wait()
	if err := errors.Join(problems...); err != nil {
		first := slices.IndexFunc(problems, func(problem error) bool { return problem != nil })
		return nil, problems[first]
	}
	made := &part{Calls: seen.calls}
	files := slices.Sorted(maps.Keys(seen.files))
	for index, applications := range filled {
		if err := made.add(applications, chunks[index].params, files); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// fill lets the controller's code make Applications of parameters.
func fill(set *v1alpha1.ApplicationSet, from given, objects client.Client) (filled []v1alpha1.Application, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("it cannot be generated: %v", problem)
		}
	}()
	only := *set
	only.Spec.Generators = []v1alpha1.ApplicationSetGenerator{{List: &v1alpha1.ListGenerator{}}}
	filled, _, err = template.GenerateApplications(
		log.NewEntry(log.StandardLogger()), only, map[string]generators.Generator{"List": from}, &utils.Render{}, objects)
	if err == nil && len(filled) != len(from.params) {
		err = fmt.Errorf("%d parameter sets gave %d Applications", len(from.params), len(filled))
	}
	return filled, err
}

// add appends Applications with what they were made of.
func (p *part) add(applications []v1alpha1.Application, params []map[string]any, files []string) error {
	joined := bytes.NewBuffer(p.records)
	for number := range applications {
		application := &applications[number]
		encoded, err := json.Marshal(record{describe(application), files, plain(params[number])})
		if err != nil {
			return err
		}
		if joined.Len() > 0 {
			joined.WriteString(",\n")
		}
		joined.Write(encoded)
		p.Named = append(p.Named, belonging{application.Name, application.Spec.Project})
	}
	p.records = joined.Bytes()
	return nil
}

// plain are the parameters that are single values: enough to tell where in its file an Application comes from.
func plain(params map[string]any) map[string]any {
	found := map[string]any{}
	for key, value := range params {
		switch value.(type) {
		case string, bool, float64, int64, int:
			found[key] = value
		}
	}
	return found
}

// validate says what the controller would say about the Applications of a set as a whole.
func (c *controller) validate(set *v1alpha1.ApplicationSet, parts []*part) error {
	seen := map[string]bool{}
	for _, each := range parts {
		for _, application := range each.Named {
			if application.Name == "" {
				return errors.New("it generates an Application without a name")
			}
			if seen[application.Name] {
				return fmt.Errorf("it generates two Applications called %s", application.Name)
			}
			seen[application.Name] = true
			key := client.ObjectKey{Namespace: c.namespace, Name: application.Project}
			if err := c.objects.Get(context.Background(), key, &v1alpha1.AppProject{}); err != nil {
				return fmt.Errorf("the Application %s is of the project %s, which does not exist", application.Name, application.Project)
			}
		}
	}
	return nil
}

func keyOf(values ...any) (string, error) {
	var described strings.Builder
	for _, value := range values {
		encoded, err := json.Marshal(value)
		if err != nil {
			return "", err
		}
		described.Write(encoded)
		described.WriteByte('\n')
	}
	sum := sha256.Sum256([]byte(described.String()))
	return hex.EncodeToString(sum[:]), nil
}
