package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func jobSettings(c *container, script string, more map[string]any) map[string]any {
	all := map[string]any{
		"job":    map[string]any{"command": []string{"sh", "-c", script}, "everySeconds": 3600, "retrySeconds": 0.3},
		"listen": c.listen,
	}
	for key, value := range more {
		all[key] = value
	}
	return all
}

func TestJobIsTriedAgainUntilItSucceeds(t *testing.T) {
	c := newContainer(t)
	mark := c.path("run", "mark")
	c.release("one", "", jobSettings(c, "echo try; test -e "+mark, nil))
	c.start()
	s := c.until("two failures", 5*time.Second, func(s snapshot) bool { return s.Job != nil && s.Job.Failures >= 2 })
	if s.Healthy || s.Ready || s.Status != unhealthy {
		t.Errorf("the state is %+v", s)
	}
	c.write(mark, "")
	s = c.untilHealthy("one")
	if s.Job.LastSuccess == nil || s.Job.Failures != 0 || !s.Ready || s.Good != "one" || s.LastError != nil {
		t.Errorf("the state is %+v, the job %+v", s, s.Job)
	}
	runs := s.Job.Runs
	time.Sleep(time.Second)
	if c.state().Job.Runs != runs {
		t.Error("it ran again at once")
	}
	_, body := c.get("/metrics")
	contains(t, body, "keeper_job_last_success_timestamp_seconds 1")
	contains(t, c.log(), "try\n")
}

func TestJobThatSaysThatNobodyLacksAnythingIsHealthyAndTriedAgain(t *testing.T) {
	c := newContainer(t)
	mark := c.path("run", "mark")
	c.release("one", "", jobSettings(c, "test -e "+mark+" || { echo not yet; exit 75; }", nil))
	c.start()
	s := c.until("two tries", 5*time.Second, func(s snapshot) bool { return s.Job != nil && s.Job.Failures >= 2 })
	if !s.Healthy || s.Ready || s.Status != running || s.Good != "one" || s.LastError == nil {
		t.Errorf("the state is %+v", s)
	}
	contains(t, *s.LastError, "not yet")
	c.write(mark, "")
	s = c.until("success", 5*time.Second, func(s snapshot) bool { return s.Ready })
	if s.Job.Failures != 0 || s.LastError != nil {
		t.Errorf("the state is %+v, the job %+v", s, s.Job)
	}
}

func TestJobIsHealthyWhileItsFirstRunGoesOn(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", jobSettings(c, "sleep 60", nil))
	c.start()
	s := c.until("started", 4*time.Second, func(s snapshot) bool { return s.Status == starting })
	if !s.Healthy || s.Ready {
		t.Errorf("the state is %+v", s)
	}
	begun := time.Now()
	if code := c.stop(); code != 0 || time.Since(begun) > 3*time.Second {
		t.Errorf("exit code %d after %s", code, time.Since(begun))
	}
}

func TestJobRunsAtOnceForChangedFiles(t *testing.T) {
	c := newContainer(t)
	force := c.path("run", "force")
	settings := jobSettings(c, "echo ran $(cat "+c.path("run", "conf", "daemon.conf")+" | tail -1)", map[string]any{"watch": []string{force}})
	c.release("one", "word first", settings)
	c.start()
	c.untilHealthy("one")
	c.release("two", "word second", settings)
	c.until("second run", 4*time.Second, func(s snapshot) bool { return s.Release == "two" && strings.Contains(c.log(), "ran word second") })
	c.write(force, "now")
	c.until("third run", 4*time.Second, func(snapshot) bool { return strings.Count(c.log(), "ran word second") == 2 })
	_ = os.Remove(force)
	c.until("fourth run", 4*time.Second, func(snapshot) bool { return strings.Count(c.log(), "ran word second") == 3 })
}

func TestRetryDelayGrowsToItsLimit(t *testing.T) {
	j := &job{RetrySeconds: 15}
	for _, one := range []struct {
		failures  int
		succeeded bool
		want      time.Duration
	}{{1, true, 15 * time.Second}, {2, true, 30 * time.Second}, {30, true, 15 * time.Minute}, {3, false, time.Minute}, {30, false, time.Minute}} {
		if got := j.retryDelay(one.failures, one.succeeded); got != one.want {
			t.Errorf("after %d failures: %s instead of %s", one.failures, got, one.want)
		}
	}
}
