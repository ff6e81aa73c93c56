package main

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSpaceCheckSaysWhatIsLeft(t *testing.T) {
	const block = 4096
	for name, one := range map[string]struct {
		disk syscall.Statfs_t
		want string
	}{
		"room":                {syscall.Statfs_t{Bsize: block, Blocks: 1000, Bfree: 150, Bavail: 100, Files: 100, Ffree: 90}, ""},
		"hardly any":          {syscall.Statfs_t{Bsize: block, Blocks: 1 << 20, Bfree: 1 << 15, Bavail: 1 << 15}, "3 % of the disk with /mail is left, 0.1 GiB"},
		"root's alone":        {syscall.Statfs_t{Bsize: block, Blocks: 1000, Bfree: 100, Bavail: 0}, "0 % of the disk with /mail is left, 0.0 GiB"},
		"no more files":       {syscall.Statfs_t{Bsize: block, Blocks: 1000, Bfree: 500, Bavail: 500, Files: 100, Ffree: 4}, "4 % of the files that the disk with /mail can have is left"},
		"no number of files":  {syscall.Statfs_t{Bsize: block, Blocks: 1000, Bfree: 500, Bavail: 500}, ""},
		"a disk without size": {syscall.Statfs_t{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := (&spaceCheck{Path: "/mail", LeastPercent: 5}).judge(one.disk); err != nil {
				got = err.Error()
			}
			if got != one.want {
				t.Errorf("it says %q, not %q", got, one.want)
			}
		})
	}
}

func TestSpaceCheckAsksTheDiskOfItsFolder(t *testing.T) {
	if said := ask(t, time.Second, `{"kind":"space","name":"disk","path":"/proc","leastPercent":1}`); said != "" {
		t.Errorf("a disk without size has no room: %s", said)
	}
	said := ask(t, time.Second, `{"kind":"space","name":"disk","path":"/no/such/folder","leastPercent":1}`)
	if !strings.HasPrefix(said, "cannot look at the disk with /no/such/folder: ") {
		t.Errorf("it says %q", said)
	}
}

func TestWhatIsToldDecidesNothing(t *testing.T) {
	full := checkResult{Name: "disk", Message: "3 % is left"}
	if v := judge([]checkResult{{Name: "smtp", OK: true}, full}, 1, 1); !v.alive || !v.ready || v.message != "" || len(v.results) != 2 {
		t.Errorf("alive %t, ready %t, %q, %d results", v.alive, v.ready, v.message, len(v.results))
	}
	if v := judge([]checkResult{{Name: "smtp", OK: true}, full}, 1, 2); !v.alive || v.ready {
		t.Errorf("what decides readiness did not: alive %t, ready %t", v.alive, v.ready)
	}
}
