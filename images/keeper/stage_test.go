package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStagedModesAndPaths(t *testing.T) {
	root := t.TempDir()
	source, target := filepath.Join(root, "r"), filepath.Join(root, "conf.check")
	_ = os.MkdirAll(filepath.Join(source, "sub"), 0o700)
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
		want os.FileMode
	}{
		"plain":      {"x /run/conf/a", 0o644, 0o444},
		"group":      {"x", 0o640, 0o444},
		"secret":     {"x", 0o400, 0o400},
		"mine":       {"x", 0o600, 0o400},
		"program":    {"x", 0o755, 0o555},
		"sub/binary": {"/run/conf\x00", 0o644, 0o444},
	} {
		path := filepath.Join(source, name)
		if err := os.WriteFile(path, []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
		defer func() {
			info, err := os.Stat(filepath.Join(target, name))
			if err != nil || info.Mode().Perm() != file.want {
				t.Errorf("%s: %v %v", name, info.Mode(), err)
			}
		}()
	}
	if err := stage(source, target, "/run/conf", "/run/conf.check"); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(target, "plain")); string(text) != "x /run/conf.check/a" {
		t.Errorf("plain is %q", text)
	}
	if text, _ := os.ReadFile(filepath.Join(target, "sub/binary")); string(text) != "/run/conf\x00" {
		t.Errorf("binary is %q", text)
	}
}

func TestReplacedPaths(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"/run/conf":                      "/new",
		"a=/run/conf/x; b=\"/run/conf\"": "a=/new/x; b=\"/new\"",
		"in /run/conf. Then":             "in /new. Then",
		"/run/config /run/conf.d/x":      "/run/config /run/conf.d/x",
		"/run/conf-old /run/conf":        "/run/conf-old /new",
	} {
		if got := string(replacePath([]byte(text), "/run/conf", "/new")); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestCutLinesKeepWholeCharacters(t *testing.T) {
	for _, line := range []string{"abc", "ä", "abä", "€€", strings.Repeat("x", 10) + "😀"} {
		for cut := 0; cut <= len(line); cut++ {
			got := string(wholeRunes([]byte(line[:cut])))
			if !strings.HasPrefix(line, got) || strings.ToValidUTF8(got, "?") != got || cut-len(got) > 3 {
				t.Errorf("%q cut at %d became %q", line, cut, got)
			}
		}
	}
}
