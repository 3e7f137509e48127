package main

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/kustomize/api/types"
)

const (
	// what of a look cannot be said for another render: it depends on an edit, or on where this one began
	isOwn = "own"
	// bytes of files behind all that is kept; what becomes of them takes about twenty times as much memory
	largestKept  = 16 << 20
	largestFiles = 128 << 20
)

// keeper knows what folders that several renders include accumulate to, under one schema. Before something kept is
// used again, the render looks at all that it was made of, and finds the same.
type keeper struct {
	lock         sync.Mutex
	asked        map[string]bool
	kept         map[string]kept
	files        map[identity]*file
	behind, read int64 // bytes of files behind what is kept, and of files
}

// identity tells a file from all others, and from what it was before.
type identity struct {
	name    string
	size    int64
	changed time.Time
}

type kept struct {
	looks       []look
	accumulated any // nobody changes it: who takes it makes a copy; nil where a render needs another schema
}

// look is a question to the tree and what it answered.
type look struct {
	repeat       func(t *tree, name string)
	name, answer string
}

func newKeeper() *keeper {
	return &keeper{asked: map[string]bool{}, kept: map[string]kept{}, files: map[identity]*file{}}
}

// settings are kustomize's, for one render.
func (k *keeper) settings(t *tree) *types.PluginConfig {
	settings := types.DisabledPluginConfig()
	if k != nil {
		settings.Keep = func(root string, accumulate func() (any, error)) (any, bool, error) {
			return k.keep(t, root, accumulate)
		}
	}
	return settings
}

func (k *keeper) keep(t *tree, root string, accumulate func() (any, error)) (any, bool, error) {
	name := filepath.Join(t.root, strings.TrimPrefix(root, here))
	k.lock.Lock()
	known, again := k.kept[name], k.asked[name]
	k.asked[name] = true
	k.lock.Unlock()
	if known.looks != nil && t.findsSame(known.looks) {
		if t.alone {
			return nil, false, errAlone
		}
		if known.accumulated != nil {
			return known.accumulated, true, nil
		}
	}
	before, size := t.looks, t.total
	t.looks = nil
	accumulated, err := accumulate()
	made := kept{looks: t.looks}
	t.looks = append(before, t.looks...)
	if err == nil {
		made.accumulated = accumulated
	}
	// what nobody includes twice would only fill the memory; of other errors kustomize tells more than is kept
	if !again || !sayable(made.looks) || err != nil && !t.alone {
		return accumulated, false, err
	}
	k.lock.Lock()
	defer k.lock.Unlock()
	if size = t.total - size; k.behind+size > largestKept {
		return accumulated, false, err
	}
	k.behind += size
	k.kept[name] = made
	return accumulated, true, err
}

// file reads one, or has it from another render. One that cannot be read is tried again.
func (k *keeper) file(name string, info fs.FileInfo) (*file, error) {
	if k == nil {
		return newFile(name)
	}
	key := identity{name, info.Size(), info.ModTime()}
	k.lock.Lock()
	known := k.files[key]
	k.lock.Unlock()
	if known != nil {
		return known, nil
	}
	found, err := newFile(name)
	k.lock.Lock()
	defer k.lock.Unlock()
	if size := info.Size(); err == nil && k.read+size <= largestFiles {
		k.read += size
		k.files[key] = found
	}
	return found, err
}

func sayable(looks []look) bool {
	for _, each := range looks {
		if each.answer == isOwn {
			return false
		}
	}
	return true
}

// findsSame asks the tree everything again; what it answers is noted as if it had been asked for the first time.
func (t *tree) findsSame(looks []look) bool {
	used, looked := len(t.used), len(t.looks)
	for _, each := range looks {
		each.repeat(t, each.name)
		if t.looks[len(t.looks)-1].answer != each.answer {
			t.used, t.looks = t.used[:used], t.looks[:looked]
			return false
		}
	}
	return true
}

// note keeps a look at `name`, which is `rel` in the tree, or is not there.
func (t *tree) note(repeat func(t *tree, name string), name, rel, answer string) {
	if _, edited := t.edited[rel]; edited || !path.IsAbs(name) {
		answer = isOwn
	}
	t.looks = append(t.looks, look{repeat, name, answer})
}

func reachAgain(t *tree, name string) { t.Exists(name) }
func readAgain(t *tree, name string)  { _, _ = t.ReadFile(name) }
func listAgain(t *tree, name string)  { _, _ = t.ReadDir(name) }
