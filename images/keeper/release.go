package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// release is one version of the configuration as it lies on the host.
type release struct {
	name   string
	folder string
}

// findRelease says which version is current. Three layouts are known:
//   - /release/current is a link to a folder beside it (Compose sites);
//   - /release/current, or /release itself, is a ConfigMap, whose version is where its link `..data` points (Kubernetes);
//   - /release/current is a plain folder, whose version is its content.
func findRelease(root string) (release, error) {
	current := filepath.Join(root, "current")
	if target, err := os.Readlink(current); err == nil {
		if !filepath.IsAbs(target) {
			target = filepath.Join(root, target)
		}
		if info, err := os.Stat(target); err != nil || !info.IsDir() {
			return release{}, fmt.Errorf("%s points to %s, which is not a folder", current, target)
		}
		return release{name: filepath.Base(target), folder: target}, nil
	}
	for _, folder := range []string{current, root} {
		if target, err := os.Readlink(filepath.Join(folder, "..data")); err == nil {
			return release{name: strings.TrimLeft(filepath.Base(target), "."), folder: filepath.Join(folder, target)}, nil
		}
	}
	if info, err := os.Stat(current); err != nil || !info.IsDir() {
		return release{}, fmt.Errorf("there is no release: %s is missing", current)
	}
	print, err := fingerprint(current)
	return release{name: print, folder: current}, err
}

// named finds a release of the past by its name; empty when it is gone.
func named(root, name string) (release, bool) {
	folder := filepath.Join(root, name)
	if name == "" || strings.Contains(name, "/") {
		return release{}, false
	}
	info, err := os.Stat(folder)
	return release{name: name, folder: folder}, err == nil && info.IsDir()
}

// fingerprint names the content of files and folders. What is missing counts as different from what is empty.
func fingerprint(paths ...string) (string, error) {
	sum := sha256.New()
	for _, path := range paths {
		err := eachFile(path, func(file string, _ fs.FileInfo) error {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%s %d\n", file, len(text))
			sum.Write(text)
			return nil
		})
		if err != nil {
			fmt.Fprintf(sum, "%s -\n", path)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// touched is a cheap sign that content may have changed: times, sizes and file numbers.
func touched(paths []string) string {
	var sign strings.Builder
	for _, path := range paths {
		err := eachFile(path, func(file string, info fs.FileInfo) error {
			fmt.Fprintf(&sign, "%s %d %d\n", file, info.Size(), info.ModTime().UnixNano())
			return nil
		})
		if err != nil {
			fmt.Fprintf(&sign, "%s -\n", path)
		}
	}
	return sign.String()
}

// eachFile visits a file, or the files below a folder, following links.
func eachFile(path string, visit func(file string, info fs.FileInfo) error) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return visit(path, info)
	}
	items, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, item := range items {
		if strings.HasPrefix(item.Name(), "..") {
			continue
		}
		if err := eachFile(filepath.Join(path, item.Name()), visit); err != nil {
			return err
		}
	}
	return nil
}
