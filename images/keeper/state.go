package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// staleAfter is how old a state may be before the keeper itself counts as hung.
const staleAfter = 20 * time.Second

// status is one word for where the daemon is.
type status string

const (
	waiting   status = "waiting"   // for a configuration
	starting  status = "starting"  // not yet healthy since its start
	running   status = "running"   // healthy
	unhealthy status = "unhealthy" // did not answer, or a job's last run failed
	stopping  status = "stopping"
	failed    status = "failed" // ended by itself or could not be started; the next start is near
)

// snapshot is the state file, and the answer of /state.
type snapshot struct {
	Name      string        `json:"name"`
	Release   string        `json:"release"`
	Good      string        `json:"good"` // the last release that was healthy
	Refused   *refusal      `json:"refused"`
	Status    status        `json:"status"`
	Healthy   bool          `json:"healthy"`
	Ready     bool          `json:"ready"`
	Reloading bool          `json:"reloading"` // the daemon has yet to be told of the release
	Restarts  int           `json:"restarts"`
	Reloads   int           `json:"reloads"`
	Since     time.Time     `json:"since"` // of the status
	At        time.Time     `json:"at"`
	Version   string        `json:"version"`
	Checks    []checkResult `json:"checks"`
	Job       *jobResult    `json:"job,omitempty"`
	LastError *string       `json:"lastError"`
}

type refusal struct {
	Release string `json:"release"`
	Message string `json:"message"`
}

type checkResult struct {
	Name    string  `json:"name"`
	OK      bool    `json:"ok"`
	Message string  `json:"message"`
	Ms      float64 `json:"ms"`
}

type jobResult struct {
	Runs        int        `json:"runs"`
	Failures    int        `json:"failures"` // in a row
	LastSuccess *time.Time `json:"lastSuccess"`
	Next        *time.Time `json:"next"`
}

// stateKeeper holds the snapshot and writes it down on every change, and every 5 s as a sign of life.
type stateKeeper struct {
	mu     sync.Mutex
	now    snapshot
	path   string
	dirty  chan struct{}
	log    *logger
	silent bool // the failure to write has been said
}

func newStateKeeper(path string, log *logger) *stateKeeper {
	host, _ := os.Hostname()
	s := &stateKeeper{path: path, log: log, dirty: make(chan struct{}, 1)}
	s.now = snapshot{Name: host, Status: waiting, Since: time.Now(), Version: version, Checks: []checkResult{}}
	if before, err := readState(path); err == nil {
		s.now.Good = before.Good
	}
	return s
}

// change edits the snapshot under its lock. A new status gets a new `since`.
func (s *stateKeeper) change(edit func(now *snapshot)) {
	s.mu.Lock()
	before := s.now.Status
	edit(&s.now)
	if s.now.Status != before {
		s.now.Since = time.Now()
	}
	s.mu.Unlock()
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}

func (s *stateKeeper) read() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	copied := s.now
	copied.Checks = append([]checkResult{}, s.now.Checks...)
	copied.At = time.Now()
	return copied
}

// fail records an error for the operator and logs it.
func (s *stateKeeper) fail(format string, values ...any) {
	message := fmt.Sprintf(format, values...)
	s.log.say("%s", message)
	s.change(func(now *snapshot) { now.LastError = &message })
}

func (s *stateKeeper) writeUntil(done <-chan struct{}) {
	ticker := time.NewTicker(5 * time.Second)
	defer ticker.Stop()
	for {
		s.write()
		select {
		case <-done:
			s.write()
			return
		case <-ticker.C:
		case <-s.dirty:
			time.Sleep(20 * time.Millisecond) // changes come in bunches
		}
	}
}

func (s *stateKeeper) write() {
	text, err := json.MarshalIndent(s.read(), "", " ")
	if err == nil {
		err = writeAtomically(s.path, append(text, '\n'))
	}
	if err != nil && !s.silent {
		s.log.say("cannot write the state file: %v; health checks that read it will fail", err)
	}
	s.silent = err != nil
}

func writeAtomically(path string, text []byte) error {
	next := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(next, text, 0o644); err != nil {
		return err
	}
	return os.Rename(next, path)
}

func readState(path string) (snapshot, error) {
	var s snapshot
	text, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// printHealthy is the container's health check. It returns the exit code.
func printHealthy(path string, out io.Writer) int {
	s, err := readState(path)
	if err != nil {
		fmt.Fprintf(out, "There is no state yet: %v.\n", err)
		return 1
	}
	if age := time.Since(s.At); age > staleAfter {
		fmt.Fprintf(out, "The keeper has not written its state for %s: it hangs.\n", age.Round(time.Second))
		return 1
	}
	if !s.Healthy {
		fmt.Fprintf(out, "%s since %s%s\n", s.Status, s.Since.UTC().Format(time.RFC3339), because(s))
		return 1
	}
	fmt.Fprintf(out, "%s, release %s%s\n", s.Status, s.Release, because(s))
	return 0
}

// because adds what the operator should know to a line about the state.
func because(s snapshot) string {
	text := ""
	if s.Refused != nil {
		text += "; refused " + s.Refused.Release + ": " + s.Refused.Message
	}
	for _, one := range s.Checks {
		if !one.OK {
			text += "; " + one.Name + ": " + one.Message
		}
	}
	if !s.Healthy && s.LastError != nil {
		text += "; " + *s.LastError
	}
	return text
}

func printState(path string, out io.Writer) int {
	text, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintf(out, "There is no state yet: %v.\n", err)
		return 1
	}
	_, _ = out.Write(text)
	return 0
}
