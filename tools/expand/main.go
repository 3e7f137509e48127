// Expand prints the Applications that ApplicationSets generate, without a cluster: the generators and the templates
// are the controller's own, and what the controller would ask a cluster or a Git server for comes with the request.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	log "github.com/sirupsen/logrus"
)

func main() {
	cache := flag.String("cache", "", "folder that keeps what was generated, to be used again while its sources are the same")
	whole := flag.Bool("whole", false, "expand no set file by file: slower, with the same result")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *cache, *whole); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, cache string, whole bool) error {
	log.SetOutput(io.Discard) // errors come back as values; the controller's log repeats them with all parameters
	log.SetLevel(log.PanicLevel)
	debug.SetGCPercent(400) // templates make much that is soon dropped; memory is cheaper here than time
	var wanted request
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		return fmt.Errorf("the request cannot be read: %w", err)
	}
	trees, err := newTrees(wanted.Repositories)
	if err != nil {
		return err
	}
	defer trees.remove()
	answers, err := withFew(wanted.Fleets, func() ([]answer, error) {
		return newExpander(trees, cache, whole).expand(wanted.Fleets)
	})
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	write(buffered, answers)
	return buffered.Flush()
}
