package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestPages(t *testing.T) {
	c := newContainer(t)
	settings := c.settings(map[string]any{"ready": []any{map[string]any{"kind": "exec", "name": "peer", "command": []string{"test", "-e", c.path("run", "peer")}}}})
	c.release("one", "", settings)
	c.start()
	c.untilHealthy("one")
	status, body := c.get("/ready")
	if status != 503 {
		t.Errorf("/ready answered %d", status)
	}
	contains(t, body, "peer: test -e")
	c.write(c.path("run", "peer"), "")
	c.until("ready", 3*time.Second, func(s snapshot) bool { return s.Ready })
	_, body = c.get("/state")
	var s snapshot
	if err := json.Unmarshal([]byte(body), &s); err != nil || s.Release != "one" || len(s.Checks) != 2 {
		t.Errorf("/state is %s", body)
	}
	_, body = c.get("/metrics")
	for _, part := range []string{
		"\nkeeper_healthy 1\n", "\nkeeper_ready 1\n", "\nkeeper_restarts_total 0\n", "\nkeeper_reloads_total 0\n", "\nkeeper_config_refused 0\n",
		"\nkeeper_check_ok{check=\"service\"} 1\n", "# TYPE keeper_check_duration_seconds gauge", "\nkeeper_daemon_rss_bytes ",
	} {
		contains(t, body, part)
	}
	if status, _ := c.get("/else"); status != 404 {
		t.Errorf("/else answered %d", status)
	}
}

func TestGaugesCountFiles(t *testing.T) {
	c := newContainer(t)
	queue := c.path("run", "queue")
	for _, folder := range []string{filepath.Join("deferred", "A"), "elsewhere"} {
		if err := os.MkdirAll(filepath.Join(queue, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c.write(filepath.Join(queue, "deferred", "A", "A1"), "one")
	c.write(filepath.Join(queue, "deferred", "B2"), "two")
	c.write(filepath.Join(queue, "elsewhere", "C3"), "not counted")
	folders := []string{filepath.Join(queue, "deferred"), filepath.Join(queue, "not-there-yet")}
	figure := map[string]any{"name": "queue_messages", "help": "Messages that wait.", "filesIn": folders}
	c.release("one", "", c.settings(map[string]any{"gauges": []any{figure}}))
	c.start()
	c.untilHealthy("one")
	_, body := c.get("/metrics")
	contains(t, body, "# HELP queue_messages Messages that wait.\n# TYPE queue_messages gauge\nqueue_messages 2\n")
	if err := os.Mkdir(folders[1], 0o755); err != nil {
		t.Fatal(err)
	}
	c.write(filepath.Join(folders[1], "D4"), "three")
	_, body = c.get("/metrics")
	contains(t, body, "\nqueue_messages 3\n")
}

func TestAddressThatIsTakenIsNoReasonToEnd(t *testing.T) {
	c := newContainer(t)
	holder, err := net.Listen("tcp", c.listen)
	if err != nil {
		t.Fatal(err)
	}
	c.release("one", "", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	contains(t, c.log(), "cannot listen on "+c.listen+" yet")
	holder.Close()
	c.until("answers", 4*time.Second, func(snapshot) bool { status, _ := c.get("/ready"); return status == 200 })
}

func TestHealthyCommand(t *testing.T) {
	c := newContainer(t)
	ask := func() (int, string) {
		command := exec.Command(keeperBinary, "healthy")
		command.Env = []string{"KEEPER_STATE=" + c.path("state", "state.json")}
		var said bytes.Buffer
		command.Stdout = &said
		_ = command.Run()
		return command.ProcessState.ExitCode(), said.String()
	}
	if code, said := ask(); code != 1 {
		t.Errorf("without a state: %d %s", code, said)
	}
	c.release("one", "", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	if code, said := ask(); code != 0 {
		t.Errorf("healthy: %d %s", code, said)
	}
	_ = c.process.Process.Signal(syscall.SIGKILL)
	c.exit(2 * time.Second)
	old := c.state()
	old.At = time.Now().Add(-21 * time.Second)
	text, _ := json.Marshal(old)
	c.write(c.path("state", "state.json"), string(text))
	code, said := ask()
	if code != 1 {
		t.Errorf("stale: %d", code)
	}
	contains(t, said, "has not written its state for 21s")
	for _, pid := range c.daemons() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
