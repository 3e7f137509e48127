package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

const mainBranch = "refs/heads/main"

// trees answers what the repo server answers about repositories, from local folders. It may be used by many at once.
type trees struct {
	known   map[string]repository
	scratch string

	lock     sync.Mutex
	opened   map[string]*tree
	answered map[string]*listing
	walked   map[string][]string
}

// tree is a folder with the files of one revision.
type tree struct {
	root    string
	tracked map[string]bool // files and folders that Git has or would add; nil: all that are there
}

// listing is the files that match a pattern; it is never changed.
type listing struct {
	content map[string][]byte
	sums    map[string]string
	digest  string
}

func newTrees(repositories []repository) (*trees, error) {
	known := map[string]repository{}
	for _, each := range repositories {
		if each.Revision == "" {
			each.Revision = mainBranch
		}
		if each.Objects == "" {
			each.Objects = each.Folder
		}
		if known[each.URL].URL != "" {
			return nil, fmt.Errorf("the repository %s is given twice", each.URL)
		}
		known[each.URL] = each
	}
	scratch, err := os.MkdirTemp("", "techcommerce-expand-")
	if err != nil {
		return nil, err
	}
	return &trees{
		known: known, scratch: scratch,
		opened: map[string]*tree{}, answered: map[string]*listing{}, walked: map[string][]string{},
	}, nil
}

func (t *trees) remove() {
	_ = os.RemoveAll(t.scratch)
}

// files gives the files that match, as the repo server does with its newer globbing: `*` stays within a folder.
func (t *trees) files(url, revision, pattern string) (*listing, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	key := url + "\x00" + revision + "\x00" + pattern
	if found := t.answered[key]; found != nil {
		return found, nil
	}
	in, err := t.open(url, revision)
	if err != nil {
		return nil, err
	}
	found, err := in.matching(pattern)
	if err != nil {
		return nil, err
	}
	t.answered[key] = found
	return found, nil
}

// directories gives all folders but hidden ones, in the repo server's order.
func (t *trees) directories(url, revision string) ([]string, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	key := url + "\x00" + revision
	if found, ok := t.walked[key]; ok {
		return found, nil
	}
	in, err := t.open(url, revision)
	if err != nil {
		return nil, err
	}
	found, err := in.folders()
	if err != nil {
		return nil, err
	}
	t.walked[key] = found
	return found, nil
}

func (t *trees) open(url, revision string) (*tree, error) {
	from, ok := t.known[url]
	if !ok {
		return nil, fmt.Errorf("the repository %s is not this one, so what it holds is not known", url)
	}
	_, short, _ := strings.Cut(from.Revision, "refs/heads/")
	key := url + "\x00" + revision
	switch {
	case t.opened[key] != nil:
		return t.opened[key], nil
	case slices.Contains([]string{from.Revision, short, "HEAD", ""}, revision):
		opened, err := openFolder(from.Folder)
		t.opened[key] = opened
		return opened, err
	case commitID.MatchString(revision):
		opened, err := openCommit(from.Objects, revision, filepath.Join(t.scratch, revision))
		t.opened[key] = opened
		return opened, err
	}
	return nil, fmt.Errorf("the revision %s of %s is not known: it has to be %s or a full commit id", revision, url, from.Revision)
}

func openFolder(folder string) (*tree, error) {
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(root, ".git")); errors.Is(err, fs.ErrNotExist) {
		return &tree{root: root}, nil
	}
	names, err := git(root, nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	tracked := map[string]bool{}
	for name := range strings.SplitSeq(strings.TrimSuffix(names, "\x00"), "\x00") {
		for ; name != "." && !tracked[name]; name = path.Dir(name) {
			tracked[name] = true
		}
	}
	return &tree{root: root, tracked: tracked}, nil
}

func openCommit(objects, commit, folder string) (*tree, error) {
	if _, err := git(objects, nil, "cat-file", "-e", commit+"^{commit}"); err != nil {
		return nil, fmt.Errorf("the commit %s is not in this checkout: it was never made, or the checkout lacks history", commit)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	index := []string{"GIT_INDEX_FILE=" + folder + ".index"}
	if _, err := git(objects, index, "read-tree", commit); err != nil {
		return nil, err
	}
	if _, err := git(objects, index, "--work-tree="+folder, "checkout-index", "--all"); err != nil {
		return nil, err
	}
	root, err := filepath.EvalSymlinks(folder)
	return &tree{root: root}, err
}

// git runs Git on the repository in a folder, never on one around it.
func git(folder string, environment []string, words ...string) (string, error) {
	command := exec.CommandContext(context.Background(), "git", append([]string{"-C", folder}, words...)...)
	command.Env = append(append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(folder)), environment...)
	var problem bytes.Buffer
	command.Stderr = &problem
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("git %s in %s: %w: %s", strings.Join(words, " "), folder, err, strings.TrimSpace(problem.String()))
	}
	return string(output), nil
}

func (t *tree) matching(pattern string) (*listing, error) {
	found, err := doublestar.FilepathGlob(filepath.Join(literally(t.root), pattern))
	if err != nil {
		return nil, fmt.Errorf("the pattern %s: %w", pattern, err)
	}
	listed := &listing{content: map[string][]byte{}, sums: map[string]string{}}
	slices.Sort(found)
	digest := sha256.New()
	for _, file := range found {
		name, ok, err := t.name(file)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the pattern %s: %w", pattern, err)
		}
		sum := sha256.Sum256(content)
		listed.content[name], listed.sums[name] = content, hex.EncodeToString(sum[:])
		fmt.Fprintf(digest, "%d %s %x\n", len(name), name, sum)
	}
	listed.digest = hex.EncodeToString(digest.Sum(nil))
	return listed, nil
}

// name gives a file's name in the tree, unless the tree does not have it or it leads out of the tree.
func (t *tree) name(file string) (string, bool, error) {
	name, err := filepath.Rel(t.root, file)
	if err != nil {
		return "", false, err
	}
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return "", false, err
	}
	leads, err := filepath.Rel(t.root, target)
	if err != nil || !filepath.IsLocal(leads) {
		return "", false, err
	}
	return name, t.tracked == nil || t.tracked[name] || t.tracked[leads], nil
}

func (t *tree) folders() ([]string, error) {
	var found []string
	err := filepath.WalkDir(t.root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || file == t.root {
			return err
		}
		name, err := filepath.Rel(t.root, file)
		if err != nil {
			return err
		}
		if strings.HasPrefix(entry.Name(), ".") || t.tracked != nil && !t.tracked[name] {
			return filepath.SkipDir
		}
		found = append(found, name)
		return nil
	})
	return found, err
}

// literally is a path as a pattern that matches nothing else.
func literally(file string) string {
	return regexp.MustCompile(`[\\*?\[\]{}]`).ReplaceAllString(file, `\$0`)
}
