package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// procs starts processes and collects every ended child, its own and those orphaned to it. All starts go through it:
// a second wait anywhere else would lose exit statuses.
type procs struct {
	mu      sync.Mutex
	started map[int]*process
}

// process is one child that the keeper started itself.
type process struct {
	pid    int
	aside  bool // a check or a probe, not part of the daemon
	done   chan struct{}
	status syscall.WaitStatus // valid once done is closed
}

func newProcs() *procs { return &procs{started: map[int]*process{}} }

// start runs a command in a session of its own with both outputs on the descriptor `output`.
func (p *procs) start(argv, environment []string, output int, aside bool) (*process, error) {
	path, err := lookPath(argv[0], environment)
	if err != nil {
		return nil, err
	}
	null, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open /dev/null: %w", err)
	}
	defer unix.Close(null)
	p.mu.Lock()
	defer p.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{
		Env:   environment,
		Files: []uintptr{uintptr(null), uintptr(output), uintptr(output)},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", path, err)
	}
	child := &process{pid: pid, aside: aside, done: make(chan struct{})}
	p.started[pid] = child
	return child, nil
}

// lookPath finds a program along the PATH that the program itself will have.
func lookPath(name string, environment []string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	path := "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	for _, entry := range environment {
		if value, found := strings.CutPrefix(entry, "PATH="); found && value != "" {
			path = value
		}
	}
	for _, folder := range filepath.SplitList(path) {
		full := filepath.Join(folder, name)
		if info, err := os.Stat(full); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return full, nil
		}
	}
	return "", fmt.Errorf("the program %s is not in this image (looked in %s): %w", name, path, exec.ErrNotFound)
}

// reap collects ended children until the channel of SIGCHLD is closed.
func (p *procs) reap(children <-chan os.Signal) {
	for range children {
		for {
			var status syscall.WaitStatus
			pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			if pid <= 0 || err != nil {
				break
			}
			p.ended(pid, status)
		}
	}
}

func (p *procs) ended(pid int, status syscall.WaitStatus) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if child, known := p.started[pid]; known {
		delete(p.started, pid)
		child.status = status
		close(child.done)
	}
}

// signal reaches the process only while it has not been collected, so never a stranger with the same number.
func (p *procs) signal(child *process, signal syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started[child.pid] == child {
		_ = unix.Kill(child.pid, signal)
	}
}

// killGroup ends a process and everything in its session's first process group.
func (p *procs) killGroup(child *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started[child.pid] == child {
		_ = unix.Kill(-child.pid, unix.SIGKILL)
		_ = unix.Kill(child.pid, unix.SIGKILL)
	}
}

// wait says whether the process ended within the time.
func (child *process) wait(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-child.done:
		return true
	case <-timer.C:
		return false
	}
}

// describeStatus says how a process ended: "exit status 1", "signal 9 (killed)".
func describeStatus(status syscall.WaitStatus) string {
	if status.Signaled() {
		return fmt.Sprintf("signal %d (%s)", int(status.Signal()), status.Signal())
	}
	return "exit status " + strconv.Itoa(status.ExitStatus())
}
