package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var keeperBinary, daemonBinary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "keeper-test-")
	if err != nil {
		panic(err)
	}
	keeperBinary, daemonBinary = filepath.Join(folder, "keeper"), filepath.Join(folder, "daemon")
	for binary, source := range map[string]string{keeperBinary: ".", daemonBinary: "./testdata/daemon"} {
		if out, err := exec.Command("go", "build", "-o", binary, source).CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v: %s", err, out))
		}
	}
	flag.Parse()
	_ = flag.Set("test.parallel", "12") // the tests mostly wait
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// container is a keeper with its folders, run as a plain process.
type container struct {
	*testing.T
	root    string
	listen  string // of the keeper
	service string // of the daemon
	process *exec.Cmd
	mu      sync.Mutex
	output  bytes.Buffer
	ended   chan struct{}
}

func newContainer(t *testing.T) *container {
	t.Helper()
	t.Parallel()
	c := &container{T: t, root: t.TempDir(), listen: freeAddress(t), service: freeAddress(t)}
	for _, folder := range []string{"release", "run", "state"} {
		if err := os.MkdirAll(filepath.Join(c.root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if c.process != nil {
			_ = c.process.Process.Signal(syscall.SIGTERM)
			select {
			case <-c.ended:
			case <-time.After(8 * time.Second):
				_ = c.process.Process.Kill()
			}
		}
		if t.Failed() {
			t.Logf("the keeper's output:\n%s", c.log())
		}
	})
	return c
}

func freeAddress(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (c *container) path(parts ...string) string {
	return filepath.Join(append([]string{c.root}, parts...)...)
}

// settings is keeper.json for the fake daemon; `more` replaces or adds fields.
func (c *container) settings(more map[string]any) map[string]any {
	conf := c.path("run", "conf", "daemon.conf")
	all := map[string]any{
		"command": []string{daemonBinary, "run", conf},
		"check":   [][]string{{daemonBinary, "check", conf}},
		"reload":  map[string]any{"signal": "HUP"},
		"listen":  c.listen,
		"probe": map[string]any{
			"intervalSeconds": 0.3, "timeoutSeconds": 0.5, "failures": 2, "startSeconds": 3,
			"checks": []any{map[string]any{
				"kind": "dialog", "name": "service", "address": c.service,
				"steps": []any{map[string]any{"expect": "^220 "}, map[string]any{"send": "NOOP"}, map[string]any{"expect": "^250"}},
			}},
		},
	}
	for key, value := range more {
		if value == nil {
			delete(all, key)
		} else {
			all[key] = value
		}
	}
	return all
}

// release lays a release with the daemon's words and switches the link to it, as the host does.
func (c *container) release(name string, words string, settings map[string]any) {
	c.Helper()
	folder := c.path("release", name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		c.Fatal(err)
	}
	text, _ := json.Marshal(settings)
	c.write(filepath.Join(folder, "keeper.json"), string(text))
	c.write(filepath.Join(folder, "daemon.conf"), "listen "+c.service+"\n"+words)
	c.switchTo(name)
}

func (c *container) switchTo(name string) {
	next := c.path("release", "next")
	_ = os.Remove(next)
	if err := os.Symlink(name, next); err != nil {
		c.Fatal(err)
	}
	if err := os.Rename(next, c.path("release", "current")); err != nil {
		c.Fatal(err)
	}
}

func (c *container) write(path, text string) {
	c.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		c.Fatal(err)
	}
}

func (c *container) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.Write(text)
}

func (c *container) log() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.output.String()
}

func (c *container) start() {
	c.Helper()
	c.process = exec.Command(keeperBinary, "run")
	c.process.Env = append(os.Environ(), "KEEPER_RELEASE="+c.path("release"), "KEEPER_CONF="+c.path("run", "conf"), "KEEPER_STATE="+c.path("state", "state.json"))
	c.process.Stdout, c.process.Stderr = c, c
	c.process.WaitDelay = time.Second
	if err := c.process.Start(); err != nil {
		c.Fatal(err)
	}
	ended := make(chan struct{})
	c.ended = ended
	go func() { _ = c.process.Wait(); close(ended) }()
}

// stop ends the keeper and returns its exit code.
func (c *container) stop() int {
	_ = c.process.Process.Signal(syscall.SIGTERM)
	return c.exit(10 * time.Second)
}

func (c *container) exit(limit time.Duration) int {
	c.Helper()
	select {
	case <-c.ended:
		return c.process.ProcessState.ExitCode()
	case <-time.After(limit):
		c.Fatalf("the keeper did not end within %s", limit)
		return -1
	}
}

func (c *container) state() snapshot {
	s, _ := readState(c.path("state", "state.json"))
	return s
}

// until waits for a condition of the state.
func (c *container) until(what string, limit time.Duration, holds func(s snapshot) bool) snapshot {
	c.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if s := c.state(); holds(s) {
			return s
		}
	}
	text, _ := json.Marshal(c.state())
	c.Fatalf("not within %s: %s; the state is %s", limit, what, text)
	return snapshot{}
}

func (c *container) untilHealthy(release string) snapshot {
	c.Helper()
	return c.until("healthy with "+release, 8*time.Second, func(s snapshot) bool { return s.Healthy && s.Status == running && s.Release == release })
}

func (c *container) untilGood(release string) snapshot {
	c.Helper()
	return c.until(release+" good", 8*time.Second, func(s snapshot) bool { return s.Good == release })
}

// greeting is what the daemon's configuration in use says.
func (c *container) greeting() string {
	connection, err := net.DialTimeout("tcp", c.service, time.Second)
	if err != nil {
		return ""
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(time.Second))
	line := make([]byte, 100)
	n, _ := connection.Read(line)
	return strings.TrimPrefix(strings.TrimSpace(string(line[:n])), "220 ")
}

// daemons lists the processes of the fake daemon below this keeper.
func (c *container) daemons() []int {
	var found []int
	for _, one := range table() {
		command, _ := os.ReadFile("/proc/" + strconv.Itoa(one.pid) + "/cmdline")
		if one.state != 'Z' && bytes.Contains(command, []byte(c.root)) && bytes.HasPrefix(command, []byte(daemonBinary)) {
			found = append(found, one.pid)
		}
	}
	return found
}

// daemon is the first process of the daemon.
func (c *container) daemon() int {
	c.Helper()
	for _, one := range table() {
		command, _ := os.ReadFile("/proc/" + strconv.Itoa(one.pid) + "/cmdline")
		if one.parent == c.process.Process.Pid && bytes.Contains(command, []byte("\x00run\x00")) {
			return one.pid
		}
	}
	c.Fatal("there is no daemon")
	return 0
}

func (c *container) get(path string) (int, string) {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://" + c.listen + path)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(body)
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q is not in:\n%s", part, text)
	}
}
