package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

var _ services.Repos = (*reads)(nil)

// call is a question that a generator asked about a repository, and a digest of the answer.
type call struct {
	URL      string `json:"url"`
	Revision string `json:"revision"`
	Pattern  string `json:"pattern"` // of files; empty when it asked for folders
	Answer   string `json:"answer"`
}

// reads answers a generator's questions and remembers them: as long as the answers are the same, so is what follows.
type reads struct {
	trees *trees
	only  *string // the one file that is to be seen, when set

	lock  sync.Mutex
	calls []call
	files map[string]bool
}

// GetFiles gives the files of a Git repository that match a pattern.
func (r *reads) GetFiles(_ context.Context, url, revision, _, pattern string, _ bool, integrity *v1alpha1.SourceIntegrity) (map[string][]byte, error) {
	if integrity != nil {
		return nil, errSigned
	}
	found, err := r.trees.files(url, revision, pattern)
	if err != nil {
		return nil, err
	}
	seen := found.content
	if r.only != nil {
		seen = map[string][]byte{}
		if content, ok := found.content[*r.only]; ok {
			seen[*r.only] = content
		}
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.calls = append(r.calls, call{url, revision, pattern, r.digest(found)})
	for name := range seen {
		r.files[name] = true
	}
	return seen, nil
}

// GetDirectories gives the folders of a Git repository.
func (r *reads) GetDirectories(_ context.Context, url, revision, _ string, _ bool, integrity *v1alpha1.SourceIntegrity) ([]string, error) {
	if integrity != nil {
		return nil, errSigned
	}
	found, err := r.trees.directories(url, revision)
	if err != nil {
		return nil, err
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.calls = append(r.calls, call{URL: url, Revision: revision, Answer: digestOf(found)})
	return slices.Clone(found), nil
}

// GetOciFiles is never called: the generator that would is not there.
func (r *reads) GetOciFiles(context.Context, string, string, string, string, bool) (map[string][]byte, error) {
	return nil, errOutside
}

// GetOciDirectories is never called: the generator that would is not there.
func (r *reads) GetOciDirectories(context.Context, string, string, string, bool) ([]string, error) {
	return nil, errOutside
}

var (
	errSigned  = errors.New("the project asks for signed commits, and signatures cannot be judged without Argo CD's keys")
	errOutside = errors.New("an OCI registry is not in Git")
)

func (r *reads) digest(found *listing) string {
	if r.only != nil {
		return found.sums[*r.only]
	}
	return found.digest
}

// same says whether the questions would be answered as they were.
func (r *reads) same(calls []call) bool {
	for _, asked := range calls {
		if asked.Pattern == "" {
			found, err := r.trees.directories(asked.URL, asked.Revision)
			if err != nil || digestOf(found) != asked.Answer {
				return false
			}
			continue
		}
		found, err := r.trees.files(asked.URL, asked.Revision, asked.Pattern)
		if err != nil || r.digest(found) != asked.Answer {
			return false
		}
	}
	return true
}

func digestOf(names []string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return hex.EncodeToString(sum[:])
}
