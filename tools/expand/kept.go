package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
)

// part is what one generator, or one file of it, generates; with what it was made of.
type part struct {
	Calls   []call      `json:"calls"`
	Named   []belonging `json:"named"`
	records []byte      // JSON objects, joined by commas
}

// belonging is what is judged about an Application beside the others.
type belonging struct {
	Name    string `json:"name"`
	Project string `json:"project"`
}

// kept is the folder of parts that were made before; none when it has no name.
type kept struct{ folder string }

// read gives a part as it was written, or nil: whether it still holds is for its calls to say.
func (k kept) read(key string) *part {
	if k.folder == "" {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(k.folder, key))
	if err != nil {
		return nil
	}
	head, records, ok := bytes.Cut(content, []byte("\n"))
	found := &part{records: records}
	if !ok || json.Unmarshal(head, found) != nil {
		return nil
	}
	return found
}

// write keeps a part; its file appears whole or not at all, whatever runs beside.
func (k kept) write(key string, made *part) error {
	if k.folder == "" {
		return nil
	}
	head, err := json.Marshal(made)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(k.folder, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(k.folder, ".unfinished-")
	if err != nil {
		return err
	}
	_, err = file.Write(append(append(head, '\n'), made.records...))
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	return os.Rename(file.Name(), filepath.Join(k.folder, key))
}
