package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const (
	// where kustomize believes the tree to be: no real path gets into a message, and none leads there by chance
	here         = "/0b5f2e7c-the-tree"
	largestFile  = 64 << 20
	largestTotal = 512 << 20
	mostLinks    = 40
)

// what a state in `seen` begins with; a file that was read has its digest after the colon
const (
	isAbsent    = "-"
	isFolder    = "d"
	isFile      = "f"
	isLink      = "l:"
	isRead      = "f:"
	isListed    = "s:"
	isSomething = "o"
)

var errAlone = errors.New("has a schema of its own")

// tree is a folder as kustomize sees it: nothing outside of it exists, nothing is written, and what was looked at
// is recorded. One tree serves one render; it is not safe for several goroutines.
type tree struct {
	root    string // of the real folder
	folder  string // where relative paths begin, inside of the tree
	edited  map[string][]byte
	mayOpen bool   // whether a kustomization may set a schema, which is state of the whole process
	schema  []byte // the one in force, which renders share; empty when there is none

	seen    map[string]string
	infos   map[string]fs.FileInfo
	content map[string][]byte
	used    []string // kustomization files in the order of reading
	total   int64
	alone   bool   // it needs another schema than the one in force
	shared  []byte // that one, where others may have it in common
	refused []refusal
	keeper  *keeper
	looks   []look // in their order, for the keeper
}

type refusal struct{ path, why string }

func newTree(root, folder string) *tree {
	return &tree{
		root: root, folder: folder,
		edited: map[string][]byte{}, seen: map[string]string{},
		infos: map[string]fs.FileInfo{}, content: map[string][]byte{},
	}
}

// again is the same tree for another run: edits stay, and what was seen is added to.
func (t *tree) again() *tree {
	other := *t
	other.edited = map[string][]byte{}
	for name, content := range t.edited {
		other.edited[name] = content
	}
	other.used, other.looks = nil, nil
	return &other
}

func (t *tree) refuse(name, why string) error {
	t.refused = append(t.refused, refusal{name, why})
	return &fs.PathError{Op: "open", Path: name, Err: errors.New(why)}
}

// inside is a path of kustomize as a path in the tree, "." for the tree itself.
func (t *tree) inside(name string) (string, error) {
	if !path.IsAbs(name) {
		name = path.Join(here, t.folder, name)
	}
	name = path.Clean(name)
	if name == here {
		return ".", nil
	}
	if !strings.HasPrefix(name, here+"/") {
		return "", t.refuse(name, "leads out of the repository")
	}
	return strings.TrimPrefix(name, here+"/"), nil
}

// resolve follows links, each step inside of the tree, and gives the path without any.
func (t *tree) resolve(name string) (string, fs.FileInfo, error) {
	rel, err := t.inside(name)
	if err != nil {
		return "", nil, err
	}
	steps, at, links := strings.Split(rel, "/"), ".", 0
	info, err := t.look(at)
	for len(steps) > 0 && err == nil {
		step := steps[0]
		steps = steps[1:]
		switch step {
		case ".":
			continue
		case "..":
			if at == "." {
				return "", nil, t.refuse(rel, "leads out of the repository")
			}
			at = path.Dir(at)
			info, err = t.look(at)
			continue
		}
		if !info.IsDir() {
			return "", nil, &fs.PathError{Op: "lstat", Path: name, Err: syscall.ENOTDIR}
		}
		next := path.Join(at, step)
		if info, err = t.look(next); err != nil {
			return "", nil, &fs.PathError{Op: "lstat", Path: name, Err: syscall.ENOENT}
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		target := strings.TrimPrefix(t.seen[next], isLink)
		if links++; links > mostLinks {
			return "", nil, t.refuse(rel, "is a link that leads to itself")
		}
		if path.IsAbs(target) {
			return "", nil, t.refuse(next, "is a link that leads out of the repository")
		}
		steps = append(strings.Split(target, "/"), steps...)
		for i := range steps {
			if steps[i] == "" {
				steps[i] = "."
			}
		}
		info, err = t.look(at)
	}
	if err != nil {
		return "", nil, &fs.PathError{Op: "lstat", Path: name, Err: syscall.ENOENT}
	}
	return at, info, nil
}

// look is what stands at a path whose parents are no links; it is noted.
func (t *tree) look(rel string) (fs.FileInfo, error) {
	if info, known := t.infos[rel]; known {
		return info, nil
	}
	info, err := os.Lstat(filepath.Join(t.root, rel))
	if err != nil {
		t.seen[rel] = isAbsent
		return nil, err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		t.seen[rel] = isFolder
	case mode.IsRegular():
		if _, known := t.seen[rel]; !known {
			t.seen[rel] = isFile
		}
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(filepath.Join(t.root, rel))
		if err != nil {
			return nil, err
		}
		t.seen[rel] = isLink + target
	default:
		t.seen[rel] = isSomething
	}
	t.infos[rel] = info
	return info, nil
}

// ReadFile is the content of a file, or what Argo CD would have made of it.
func (t *tree) ReadFile(name string) ([]byte, error) {
	rel, info, err := t.resolve(name)
	defer func() { t.note(readAgain, name, rel, rel+" "+t.seen[rel]) }()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
	}
	content, err := t.read(rel, info)
	if err != nil {
		return nil, err
	}
	if edited, ok := t.edited[rel]; ok {
		content = edited
	}
	if isKustomization(rel) {
		if t.used = append(t.used, rel); !t.mayOpen && setsSchema(content) {
			found := t.sharable(rel, content)
			if found == nil || !bytes.Equal(found, t.schema) {
				t.alone, t.shared = true, found
				return nil, errAlone
			}
		}
	}
	return content, nil
}

func (t *tree) read(rel string, info fs.FileInfo) ([]byte, error) {
	if content, known := t.content[rel]; known {
		return content, nil
	}
	if !info.Mode().IsRegular() {
		return nil, t.refuse(rel, "is no regular file")
	}
	if info.Size() > largestFile {
		return nil, t.refuse(rel, fmt.Sprintf("is larger than %d MiB", largestFile>>20))
	}
	if t.total += info.Size(); t.total > largestTotal {
		return nil, t.refuse(rel, fmt.Sprintf("is too much: an overlay may read %d MiB", largestTotal>>20))
	}
	found, err := t.keeper.file(filepath.Join(t.root, rel), info)
	if err != nil {
		return nil, t.refuse(rel, err.Error())
	}
	t.seen[rel] = found.state
	t.content[rel] = found.content
	return found.content, nil
}

// file is what stands in a file; nobody changes the content.
type file struct {
	content []byte
	state   string
}

func newFile(name string) (*file, error) {
	// what was a file a moment ago could be anything now: neither follow nor wait for it
	opened, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, errors.New("cannot be read: " + reason(err))
	}
	defer opened.Close()
	content, err := io.ReadAll(io.LimitReader(opened, largestFile))
	if err != nil {
		return nil, errors.New("cannot be read: " + reason(err))
	}
	if explodes(content) {
		return nil, errors.New("has too many values behind its aliases")
	}
	digest := sha256.Sum256(content)
	return &file{content, isRead + hex.EncodeToString(digest[:])}, nil
}

func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}

// WriteFile is what `kustomize edit` does; the change is seen by this tree alone.
func (t *tree) WriteFile(name string, content []byte) error {
	rel, _, err := t.resolve(name)
	if err != nil {
		return err
	}
	t.edited[rel] = bytes.Clone(content)
	return nil
}

// reach is resolve for kustomize, which learns whether something is there, where, and whether it is a folder.
func (t *tree) reach(name string) (string, fs.FileInfo, error) {
	rel, info, err := t.resolve(name)
	answer := "not there"
	if err == nil {
		answer = fmt.Sprint(rel, " ", info.IsDir())
	}
	t.note(reachAgain, name, rel, answer)
	return rel, info, err
}

// Exists says whether something is there.
func (t *tree) Exists(name string) bool {
	_, _, err := t.reach(name)
	return err == nil
}

// IsDir says whether it is a folder.
func (t *tree) IsDir(name string) bool {
	_, info, err := t.reach(name)
	return err == nil && info.IsDir()
}

// CleanedAbs takes a path apart, without links, into its folder and its file.
func (t *tree) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	rel, info, err := t.reach(name)
	if err != nil {
		return "", "", fmt.Errorf("'%s' is not there: %w", name, err)
	}
	if info.IsDir() {
		return filesys.ConfirmedDir(path.Join(here, rel)), "", nil
	}
	return filesys.ConfirmedDir(path.Join(here, path.Dir(rel))), path.Base(rel), nil
}

// ReadDir lists a folder.
func (t *tree) ReadDir(name string) ([]string, error) {
	rel, info, err := t.resolve(name)
	defer func() { t.note(listAgain, name, rel, rel+" "+t.seen[rel]) }()
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: syscall.ENOTDIR}
	}
	entries, err := os.ReadDir(filepath.Join(t.root, rel))
	if err != nil {
		return nil, t.refuse(rel, "cannot be read: "+reason(err))
	}
	names := make([]string, len(entries))
	for i, each := range entries {
		names[i] = each.Name()
	}
	sort.Strings(names)
	digest := sha256.Sum256([]byte(strings.Join(names, "\n")))
	t.seen[rel] = isListed + hex.EncodeToString(digest[:])
	return names, nil
}

// Glob is the paths that match, as filepath.Glob gives them; hidden files only where the pattern names them.
func (t *tree) Glob(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		if t.Exists(pattern) {
			return []string{pattern}, nil
		}
		return nil, nil
	}
	folder, last := path.Split(pattern)
	folders := []string{""}
	if folder != "" {
		var err error
		if folders, err = t.Glob(path.Clean(folder)); err != nil {
			return nil, err
		}
	}
	var found []string
	for _, each := range folders {
		names, err := t.ReadDir(each)
		if err != nil {
			continue // as filepath.Glob: what cannot be listed matches nothing
		}
		for _, name := range names {
			matched, err := path.Match(last, name)
			if err != nil {
				return nil, err
			}
			if matched && (strings.HasPrefix(last, ".") || !strings.HasPrefix(name, ".")) {
				found = append(found, path.Join(each, name))
			}
		}
	}
	return found, nil
}

var errReadOnly = errors.New("rendering writes no files")

func (t *tree) Create(string) (filesys.File, error)      { return nil, errReadOnly }
func (t *tree) Mkdir(string) error                       { return errReadOnly }
func (t *tree) MkdirAll(string) error                    { return errReadOnly }
func (t *tree) RemoveAll(string) error                   { return errReadOnly }
func (t *tree) Open(string) (filesys.File, error)        { return nil, errReadOnly }
func (t *tree) Walk(_ string, _ filepath.WalkFunc) error { return errReadOnly }

func isKustomization(rel string) bool {
	switch path.Base(rel) {
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}
