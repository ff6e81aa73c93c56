package main

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// entry is what the keeper wants to know of one line of the process table.
type entry struct {
	pid, parent int
	state       byte // R, S, D, T (stopped), t, Z …
	pages       int64
}

// table reads the process table.
func table() []entry {
	folders, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var all []entry
	for _, folder := range folders {
		if pid, err := strconv.Atoi(folder.Name()); err == nil {
			if one, ok := readEntry(pid); ok {
				all = append(all, one)
			}
		}
	}
	return all
}

// readEntry reads /proc/<pid>/stat, proc_pid_stat(5): state, ppid and rss are the fields 3, 4 and 24. The second field, the name,
// may hold spaces and parentheses, so counting starts behind its last parenthesis.
func readEntry(pid int) (entry, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return entry{}, false
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 22 {
		return entry{}, false
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	pages, _ := strconv.ParseInt(string(fields[21]), 10, 64)
	return entry{pid: pid, parent: parent, state: fields[0][0], pages: pages}, true
}

// stopped says whether a process is held by SIGSTOP, so that no signal but KILL and CONT does anything.
func stopped(pid int) bool {
	one, ok := readEntry(pid)
	return ok && one.state == 'T'
}

// family lists the living descendants of the keeper that belong to the daemon. Orphans are among them, because the keeper
// inherits them; commands run aside, and sessions brought in from outside the container, are not.
func (p *procs) family() []entry {
	p.mu.Lock()
	skip := map[int]bool{}
	for pid, child := range p.started {
		skip[pid] = child.aside
	}
	p.mu.Unlock()
	children := map[int][]entry{}
	for _, one := range table() {
		children[one.parent] = append(children[one.parent], one)
	}
	var found []entry
	queue := []int{os.Getpid()}
	for len(queue) > 0 {
		parent := queue[0]
		queue = queue[1:]
		for _, one := range children[parent] {
			if skip[one.pid] {
				continue
			}
			queue = append(queue, one.pid)
			if one.state != 'Z' {
				found = append(found, one)
			}
		}
	}
	return found
}

// sweep kills every process of the daemon, again and again until none is left: a process may fork while it is being read.
// It gives up after the limit, which only a process stuck in the kernel reaches, and says whether all are gone.
func (p *procs) sweep(limit time.Duration) bool {
	for end := time.Now().Add(limit); ; {
		left := p.family()
		if len(left) == 0 {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		for _, one := range left {
			_ = unix.Kill(one.pid, unix.SIGKILL)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// resident is the memory of the daemon's processes, in bytes; pages that they share count for each.
func (p *procs) resident() int64 {
	var pages int64
	for _, one := range p.family() {
		pages += one.pages
	}
	return pages * int64(os.Getpagesize())
}
