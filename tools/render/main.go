// Renders overlays as Argo CD would: kustomize's own code, on files of one folder and nothing else.
//
// It reads one request in JSON from standard input and answers with lines of JSON, in the order in which the
// renders end: a result, then one line for each of its objects.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// Most of kustomize's memory is garbage at once: collecting it less often is a third faster.
const (
	garbagePercent = 400
	memoryBytes    = 1536 << 20 // from here on it is collected more often instead
)

type request struct {
	Workers int   `json:"workers"`
	Renders []job `json:"renders"`
}

type job struct {
	ID      int     `json:"id"`
	Root    string  `json:"root"` // folder of the tree at its revision
	Path    string  `json:"path"` // of the overlay, from there
	Options options `json:"options"`
	Text    bool    `json:"text"`    // whether the YAML that kustomize would print is wanted, too
	Confirm bool    `json:"confirm"` // whether suspects are tried
}

// result is the first line of an answer; Lines objects follow, one a line.
type result struct {
	ID       int               `json:"id"`
	Lines    int               `json:"lines"`
	Error    string            `json:"error,omitempty"`
	Problems []problem         `json:"problems,omitempty"`
	Suspects []problem         `json:"suspects,omitempty"` // entries of shared Components that may do nothing here
	Seen     map[string]string `json:"seen"`               // what was looked at in the tree, and what was there
	Used     []string          `json:"used"`               // kustomization files, in the order in which they were read
	Text     string            `json:"text,omitempty"`
	objects  [][]byte
}

type printer struct {
	lock   sync.Mutex
	writer *bufio.Writer
}

func (p *printer) print(r *result) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	for _, each := range append([][]byte{line}, r.objects...) {
		if _, err := p.writer.Write(append(each, '\n')); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	debug.SetGCPercent(garbagePercent)
	debug.SetMemoryLimit(memoryBytes)
	complaints := os.Stderr
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(complaints, err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	var wanted request
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		return fmt.Errorf("the request is not understood: %w", err)
	}
	isolate()
	target := &printer{writer: bufio.NewWriterSize(out, 1<<20)}
	if err := renderAll(wanted, target); err != nil {
		return err
	}
	return target.writer.Flush()
}

// isolate takes away what kustomize could reach beyond the tree: the network, other programs, the environment.
func isolate() {
	http.DefaultTransport = refusing{}
	os.Clearenv()
	log.SetOutput(io.Discard)
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null // kustomize warns there of old fields
	}
}

type refusing struct{}

func (refusing) RoundTrip(wanted *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("%s: %s", wanted.URL, remoteRefused)
}

// renderAll renders several at a time. A schema is state of the whole process: those that share one come after those
// without any, and those that set one in a way of their own come last, one by one.
func renderAll(wanted request, target *printer) error {
	workers := wanted.Workers
	if workers < 1 {
		workers = runtime.NumCPU()
	}
	schemas, waiting := []string{""}, map[string][]job{"": wanted.Renders}
	var alone []job
	for len(schemas) > 0 {
		schema := schemas[0]
		schemas = schemas[1:]
		if !enforce([]byte(schema)) {
			alone = append(alone, waiting[schema]...) // to say for each what is wrong with it
			continue
		}
		later, err := renderGroup(waiting[schema], []byte(schema), workers, target)
		if err != nil {
			return err
		}
		for _, each := range later {
			if each.schema == "" || schema != "" {
				alone = append(alone, each.job)
				continue
			}
			if waiting[each.schema] == nil {
				schemas = append(schemas, each.schema)
			}
			waiting[each.schema] = append(waiting[each.schema], each.job)
		}
	}
	for _, each := range alone {
		done, _ := render(each, nil, nil)
		if err := target.print(done); err != nil {
			return err
		}
	}
	return nil
}

// postponed is a render that cannot be done under the schema in force, and the one that it would share with others.
type postponed struct {
	job
	schema string
}

func renderGroup(wanted []job, schema []byte, workers int, target *printer) ([]postponed, error) {
	queue := make(chan job)
	failures := make(chan error, workers)
	var later []postponed
	var lock sync.Mutex
	var group sync.WaitGroup
	keeper := newKeeper()
	for range workers {
		group.Go(func() {
			for each := range queue {
				done, other := render(each, schema, keeper)
				if done == nil {
					lock.Lock()
					later = append(later, postponed{each, string(other)})
					lock.Unlock()
					continue
				}
				if err := target.print(done); err != nil {
					failures <- err
					for range queue {
					}
				}
			}
		})
	}
	for _, each := range wanted {
		queue <- each
	}
	close(queue)
	group.Wait()
	select {
	case err := <-failures:
		return nil, err
	default:
		return later, nil
	}
}
