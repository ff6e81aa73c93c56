package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
)

// gauge is a figure of the daemon that lies on the disk: how many files there are, such as messages in a queue.
type gauge struct {
	Name    string   `json:"name"`
	Help    string   `json:"help"`
	FilesIn []string `json:"filesIn"`
}

// gaugeName is a metric's name by Prometheus's rules, without colons, which are for recording rules.
var gaugeName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

func (g gauge) validate() error {
	if !gaugeName.MatchString(g.Name) {
		return fmt.Errorf(`"gauges" has the name %q; use lower-case letters, digits and "_"`, g.Name)
	}
	if g.Help == "" || len(g.FilesIn) == 0 {
		return fmt.Errorf(`the gauge %s needs "help" and "filesIn"`, g.Name)
	}
	return nil
}

// count gives the number of regular files in all its folders and below. A folder that is not there yet has none.
func (g gauge) count() (int, error) {
	files := 0
	for _, folder := range g.FilesIn {
		err := filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // gone since its folder was read
			}
			if err != nil {
				return err
			}
			if entry.Type().IsRegular() {
				files++
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return files, nil
}
