package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// stage copies a release's files to a fresh folder. With `from` set, that text becomes `to` in every text file, so that a checker
// reads a configuration whose files name each other at another place.
func stage(source, target, from, to string) error {
	if err := os.RemoveAll(target); err != nil {
		return fmt.Errorf("cannot clear %s: %w", target, err)
	}
	return filepath.WalkDir(source, func(path string, item fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cannot read the release: %w", err)
		}
		relative, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(filepath.Base(relative), "..") && relative != ".." {
			return skip(item) // how Kubernetes keeps the versions of a ConfigMap
		}
		info, err := os.Stat(path) // links are followed: Kubernetes lays files as links
		if err != nil {
			return fmt.Errorf("cannot read the release: %w", err)
		}
		place := filepath.Join(target, relative)
		if info.IsDir() {
			if err := os.MkdirAll(place, 0o755); err != nil {
				return fmt.Errorf("cannot make %s: %w", place, err)
			}
			return nil
		}
		return stageFile(path, place, info.Mode(), from, to)
	})
}

func skip(item fs.DirEntry) error {
	if item.IsDir() {
		return filepath.SkipDir
	}
	return nil
}

func stageFile(source, target string, mode fs.FileMode, from, to string) error {
	text, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("cannot read the release: %w", err)
	}
	if from != "" && isText(text) {
		text = replacePath(text, from, to)
	}
	if err := os.WriteFile(target, text, 0o600); err != nil {
		return fmt.Errorf("cannot lay %s: %w", target, err)
	}
	if err := os.Chmod(target, stagedMode(mode)); err != nil {
		return fmt.Errorf("cannot lay %s: %w", target, err)
	}
	return nil
}

// stagedMode keeps a secret for its owner, all else readable, and a program a program.
func stagedMode(mode fs.FileMode) fs.FileMode {
	result := fs.FileMode(0o444)
	if mode&0o077 == 0 {
		result = 0o400
	}
	if mode&0o100 != 0 {
		result |= result >> 2
	}
	return result
}

func isText(content []byte) bool { return !bytes.Contains(content, []byte{0}) && utf8.Valid(content) }

// replacePath replaces a path where it stands as a path: `/run/conf` in `/run/conf/x` and `/run/conf;`, not in `/run/config` or in
// the already replaced `/run/conf.check`.
func replacePath(text []byte, from, to string) []byte {
	var result []byte
	for {
		at := bytes.Index(text, []byte(from))
		if at < 0 {
			return append(result, text...)
		}
		end := at + len(from)
		result = append(result, text[:at]...)
		if end < len(text) && continuesName(text[end:]) {
			result = append(result, from...)
		} else {
			result = append(result, to...)
		}
		text = text[end:]
	}
}

func continuesName(rest []byte) bool {
	word := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
	}
	return word(rest[0]) || rest[0] == '.' && len(rest) > 1 && word(rest[1])
}

// exchange swaps two folders in one step, so that no reader ever finds the place empty. A missing second folder is simply filled.
func exchange(fresh, place string) (swapped bool, err error) {
	if _, err := os.Lstat(place); os.IsNotExist(err) {
		return false, os.Rename(fresh, place)
	}
	return true, unix.Renameat2(unix.AT_FDCWD, fresh, unix.AT_FDCWD, place, unix.RENAME_EXCHANGE)
}
