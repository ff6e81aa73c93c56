package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// tail keeps the last lines of a command's output for its error message.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) take(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(line) > 400 {
		line = wholeRunes(line[:400])
	}
	t.lines = append(t.lines, string(line))
	if len(t.lines) > 8 {
		t.lines = t.lines[1:]
	}
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, " | ")
}

// command runs a command aside to its end. Its error holds the last lines of its output. With `show` they go to the log as well.
func (k *keeper) command(ctx context.Context, argv, environment []string, limit time.Duration, show bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	said := &tail{}
	drained := make(chan struct{})
	var once sync.Once
	output, err := pipeLines(func(line []byte) {
		if line == nil {
			once.Do(func() { close(drained) })
			return
		}
		said.take(line)
		if show {
			k.log.relay(line)
		}
	})
	if err != nil {
		return err
	}
	child, err := k.procs.start(argv, environment, output, true)
	_ = unix.Close(output)
	if err != nil {
		return err
	}
	select {
	case <-child.done:
	case <-ctx.Done():
		k.procs.killGroup(child)
		child.wait(time.Second)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("%s took longer than %s and was ended%s", argv[0], limit, colon(said.String()))
		}
		return ctx.Err()
	}
	select { // the exit may overtake the last lines
	case <-drained:
	case <-time.After(200 * time.Millisecond):
	}
	if child.status.ExitStatus() != 0 {
		return fmt.Errorf("%s ended with %s%s", strings.Join(argv, " "), describeStatus(child.status), colon(said.String()))
	}
	return nil
}

func colon(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

// environment is what a daemon and its helpers get: the container's, and the configuration's on top.
func (c *config) environment() []string {
	all := os.Environ()
	for name, value := range c.Environment {
		all = append(all, name+"="+value)
	}
	return all
}
