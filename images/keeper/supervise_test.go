package main

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestHealthyDaemonStopsWhenAsked(t *testing.T) {
	c := newContainer(t)
	c.release("one", "greeting hello", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	if status, body := c.get("/ready"); status != 200 {
		t.Errorf("/ready answered %d: %s", status, body)
	}
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	contains(t, c.log(), "daemon stops")
	if s := c.state(); s.Healthy || s.Status != stopping {
		t.Errorf("the last state is %+v", s)
	}
}

func TestCrashedDaemonIsStartedAgain(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	_ = syscall.Kill(c.daemon(), syscall.SIGKILL)
	s := c.until("one restart", 5*time.Second, func(s snapshot) bool { return s.Restarts == 1 && s.Healthy })
	if s.LastError == nil || !strings.Contains(*s.LastError, "signal 9") {
		t.Errorf("the last error is %v", s.LastError)
	}
}

func TestDaemonThatCannotStartIsTriedEverMoreRarely(t *testing.T) {
	c := newContainer(t)
	c.release("one", "crash", c.settings(nil))
	c.start()
	c.until("some restarts", 5*time.Second, func(s snapshot) bool { return s.Restarts >= 3 })
	begun := time.Now()
	s := c.until("two more", 9*time.Second, func(s snapshot) bool { return s.Restarts >= 5 })
	if time.Since(begun) < 2*time.Second {
		t.Errorf("two restarts more took only %s", time.Since(begun))
	}
	if s.Healthy || s.Ready {
		t.Errorf("the state is %+v", s)
	}
	contains(t, *s.LastError, "exit status 3 after")
	contains(t, *s.LastError, "s: daemon cannot go on")
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestHeldDaemonIsEndedAndBackSoon(t *testing.T) {
	c := newContainer(t)
	settings := c.settings(nil)
	probe := settings["probe"].(map[string]any)
	probe["intervalSeconds"], probe["timeoutSeconds"] = 2, 3
	c.release("one", "", settings)
	c.start()
	c.untilHealthy("one")
	begun := time.Now()
	_ = syscall.Kill(c.daemon(), syscall.SIGSTOP)
	s := c.until("healthy again", 15*time.Second, func(s snapshot) bool { return s.Restarts == 1 && s.Healthy })
	t.Logf("back after %s", time.Since(begun).Round(100*time.Millisecond))
	contains(t, *s.LastError, "did not answer 2 times in a row")
}

func TestDaemonThatStartsSlowlyIsGivenEverMoreTime(t *testing.T) {
	c := newContainer(t)
	settings := c.settings(nil)
	probe := settings["probe"].(map[string]any)
	probe["intervalSeconds"], probe["timeoutSeconds"], probe["startSeconds"] = 0.2, 0.2, 0.2
	c.release("one", "slow 3s", settings)
	c.start()
	s := c.until("healthy", 40*time.Second, func(s snapshot) bool { return s.Healthy })
	if s.Restarts < 2 {
		t.Errorf("%d restarts: it was not ended for being slow at first", s.Restarts)
	}
}

func TestPatienceGrowsWithSlowStartsAndEndsWithALifeThatWasWell(t *testing.T) {
	for _, c := range []struct {
		patience int
		end      ending
		steady   bool
		want     int
	}{
		{1, hung, false, 2},
		{8, hung, false, 16},
		{16, hung, false, 16},
		{4, crashed, false, 4},
		{4, replaced, false, 4},
		{16, hung, true, 1},
		{4, asked, true, 1},
	} {
		if got := nextPatience(c.patience, c.end, c.steady); got != c.want {
			t.Errorf("nextPatience(%d, %d, %t) is %d, not %d", c.patience, c.end, c.steady, got, c.want)
		}
	}
}

func TestNotReadyAtTheFirstFailedProbe(t *testing.T) {
	c := newContainer(t)
	settings := c.settings(nil)
	settings["probe"].(map[string]any)["failures"] = 4
	c.release("one", "", settings)
	c.start()
	c.untilHealthy("one")
	pid := c.daemon()
	_ = syscall.Kill(pid, syscall.SIGSTOP)
	s := c.until("not ready", 3*time.Second, func(s snapshot) bool { return !s.Ready })
	if !s.Healthy {
		t.Error("unhealthy after one failure of four")
	}
	_ = syscall.Kill(pid, syscall.SIGCONT)
	s = c.until("ready", 3*time.Second, func(s snapshot) bool { return s.Ready })
	if s.Restarts != 0 {
		t.Error("it was restarted")
	}
}

func TestAllProcessesOfADaemonEndWithIt(t *testing.T) {
	c := newContainer(t)
	c.release("one", "children 3", c.settings(map[string]any{"stopSeconds": 1}))
	c.start()
	c.untilHealthy("one")
	if n := len(c.daemons()); n != 7 {
		t.Fatalf("%d processes", n)
	}
	_ = syscall.Kill(c.daemon(), syscall.SIGSTOP)
	c.until("restarted", 9*time.Second, func(s snapshot) bool { return s.Restarts == 1 && s.Healthy })
	if n := len(c.daemons()); n != 7 {
		t.Errorf("%d processes after the restart", n)
	}
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if n := len(c.daemons()); n != 0 {
		t.Errorf("%d processes are left", n)
	}
}

func TestDaemonThatIgnoresTermIsKilled(t *testing.T) {
	c := newContainer(t)
	c.release("one", "ignore-term", c.settings(map[string]any{"stopSeconds": 1}))
	c.start()
	c.untilHealthy("one")
	begun := time.Now()
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(begun); took < time.Second || took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
	contains(t, c.log(), "is killed")
	if n := len(c.daemons()); n != 0 {
		t.Errorf("%d processes are left", n)
	}
}

func TestFloodOfLogLinesIsPassedOnWhole(t *testing.T) {
	c := newContainer(t)
	c.release("one", "flood 50000", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	c.stop()
	lines := strings.Split(c.log(), "\n")
	next := 0
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, "flood ") && line != "flood over":
			next++
		case strings.HasPrefix(line, "ää"):
			if len(line) > longestLine+30 || !strings.HasSuffix(line, "ä … (line cut)") {
				t.Errorf("the long line has %d bytes and ends with %q", len(line), line[len(line)-20:])
			}
		case line != "" && !strings.HasPrefix(line, "keeper: ") && !strings.HasPrefix(line, "daemon ") && line != "flood over":
			t.Fatalf("a strange line: %.100q", line)
		}
	}
	if next != 50000 {
		t.Errorf("%d lines came through", next)
	}
}

func TestQuietLinesAreNotPassedOn(t *testing.T) {
	c := newContainer(t)
	c.release("one", "flood 12", c.settings(map[string]any{"quiet": []string{`^flood [0-9]$`, "is up$"}}))
	c.start()
	c.untilHealthy("one")
	// A list that has changed is heeded by the daemon that goes on, from its next line.
	c.release("two", "greeting two", c.settings(map[string]any{"quiet": []string{"^daemon reloaded$"}}))
	c.untilHealthy("two")
	c.until("greeting two", 3*time.Second, func(snapshot) bool { return c.greeting() == "two" })
	c.stop()
	var said []string
	for _, line := range strings.Split(c.log(), "\n") {
		if strings.HasPrefix(line, "flood ") || strings.HasPrefix(line, "daemon ") {
			said = append(said, line)
		}
	}
	if got := strings.Join(said, ", "); got != "flood 10, flood 11, flood over, daemon stops" {
		t.Errorf("passed on: %s", got)
	}
}

func TestQuietLinesAreNoLastWords(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(map[string]any{
		"command": []string{"sh", "-c", "echo out of memory; echo probe came by; exit 3"}, "quiet": []string{"^probe "},
	}))
	c.start()
	s := c.until("crashed", 4*time.Second, func(s snapshot) bool { return s.LastError != nil })
	contains(t, *s.LastError, "out of memory")
}

func TestPrepareRunsBeforeEachStartAndDelaysItWhenItFails(t *testing.T) {
	c := newContainer(t)
	mark := c.path("run", "mark")
	c.release("one", "", c.settings(map[string]any{"prepare": [][]string{{"sh", "-c", "test -e " + mark + " || { echo no mark; exit 1; }"}}}))
	c.start()
	s := c.until("waiting", 5*time.Second, func(s snapshot) bool { return s.LastError != nil })
	contains(t, *s.LastError, "no mark")
	c.write(mark, "")
	if s := c.untilHealthy("one"); s.Restarts != 0 {
		t.Errorf("%d restarts of a daemon that had not been started", s.Restarts)
	}
}

func TestMissingAddressEndsTheKeeper(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(map[string]any{"requireAddresses": []string{"127.0.0.1", "192.0.2.77"}}))
	c.start()
	c.untilHealthy("one")
	if code := c.exit(8 * time.Second); code != exitStranded {
		t.Errorf("exit code %d", code)
	}
	contains(t, c.log(), "the address 192.0.2.77 is on no interface")
	contains(t, c.log(), "daemon stops")
}

func TestWithoutACommandTheKeeperHolds(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", map[string]any{"listen": c.listen, "requireAddresses": []string{"127.0.0.1"}})
	c.start()
	c.untilHealthy("one")
	c.until("ready", time.Second, func(s snapshot) bool { return s.Ready })
	c.release("two", "", map[string]any{"listen": c.listen})
	c.untilHealthy("two")
	if code := c.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestDaemonBehindAShellIsStoppedToo(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(map[string]any{"command": []string{"sh", "-c", daemonBinary + " run " + c.path("run", "conf", "daemon.conf") + "; true"}}))
	c.start()
	c.untilHealthy("one")
	begun := time.Now()
	if code := c.stop(); code != 0 || time.Since(begun) > 3*time.Second {
		t.Errorf("exit code %d after %s", code, time.Since(begun))
	}
	contains(t, c.log(), "daemon stops")
}
