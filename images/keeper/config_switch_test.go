package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestChangedConfigurationIsReloaded(t *testing.T) {
	c := newContainer(t)
	c.release("one", "greeting one", c.settings(nil))
	c.start()
	c.untilGood("one")
	before := c.daemon()
	c.release("two", "greeting two", c.settings(nil))
	s := c.untilGood("two")
	if c.greeting() != "two" || c.daemon() != before || s.Reloads != 1 || s.Restarts != 0 {
		t.Errorf("greeting %q, state %+v", c.greeting(), s)
	}
}

func TestReleaseIsNotSaidToServeBeforeTheDaemonIsTold(t *testing.T) {
	c := newContainer(t)
	pid := c.path("pid")
	slow := map[string]any{"command": []string{"sh", "-c", "until [ -s " + pid + " ]; do sleep 0.05; done; kill -HUP $(cat " + pid + ")"}}
	c.release("one", "greeting one", c.settings(map[string]any{"reload": slow}))
	c.start()
	c.untilGood("one")
	c.release("two", "greeting two", c.settings(map[string]any{"reload": slow}))
	s := c.until("taken", 4*time.Second, func(s snapshot) bool { return s.Release == "two" })
	if !s.Reloading || !s.Healthy || c.greeting() != "one" {
		t.Errorf("greeting %q, state %+v", c.greeting(), s)
	}
	c.write(pid, strconv.Itoa(c.daemon()))
	s = c.until("told", 4*time.Second, func(s snapshot) bool { return !s.Reloading })
	if s.Release != "two" || s.Restarts != 0 {
		t.Errorf("the state is %+v", s)
	}
	c.until("greeting", 4*time.Second, func(snapshot) bool { return c.greeting() == "two" })
}

func TestRefusedConfigurationKeepsTheOldOne(t *testing.T) {
	c := newContainer(t)
	c.release("one", "greeting one", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	c.release("two", "greeting two\ninvalid", c.settings(nil))
	s := c.until("refused", 4*time.Second, func(s snapshot) bool { return s.Refused != nil })
	if s.Release != "one" || !s.Healthy || c.greeting() != "one" || s.Refused.Release != "two" {
		t.Errorf("the state is %+v", s)
	}
	contains(t, s.Refused.Message, c.path("run", "conf", "daemon.conf")+": the word invalid is not allowed")
	if strings.Contains(s.Refused.Message, ".check") {
		t.Errorf("the message shows the checking place: %s", s.Refused.Message)
	}
	c.release("three", "greeting three", c.settings(nil))
	s = c.untilHealthy("three")
	if s.Refused != nil || c.greeting() != "three" {
		t.Errorf("the state is %+v", s)
	}
}

func TestGoingBackToTheLinkInUseClearsTheRefusal(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	c.release("two", "invalid", c.settings(nil))
	c.until("refused", 4*time.Second, func(s snapshot) bool { return s.Refused != nil })
	c.switchTo("one")
	s := c.until("cleared", 4*time.Second, func(s snapshot) bool { return s.Refused == nil })
	if s.Reloads != 0 || s.Restarts != 0 {
		t.Errorf("the state is %+v", s)
	}
}

func TestUnknownFieldIsRefused(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(map[string]any{"comand": []string{"x"}}))
	c.start()
	s := c.until("refused", 4*time.Second, func(s snapshot) bool { return s.Refused != nil })
	contains(t, s.Refused.Message, `the field "comand" is not known`)
	if s.Status != waiting || s.Healthy {
		t.Errorf("the state is %+v", s)
	}
	c.release("two", "", c.settings(nil))
	c.untilHealthy("two")
}

func TestLastGoodConfigurationAtBoot(t *testing.T) {
	c := newContainer(t)
	c.release("one", "greeting one", c.settings(nil))
	c.start()
	c.untilGood("one")
	c.stop()
	_ = os.RemoveAll(c.path("run", "conf"))
	c.release("two", "invalid", c.settings(nil))
	c.start()
	s := c.untilHealthy("one")
	if s.Refused == nil || s.Refused.Release != "two" || c.greeting() != "one" {
		t.Errorf("the state is %+v", s)
	}
	contains(t, c.log(), "taking the last good release one instead")
}

func TestRefusedAtBootIsTriedAgainWhileNothingRuns(t *testing.T) {
	c := newContainer(t)
	mark := c.path("run", "certificate")
	c.release("one", "", c.settings(map[string]any{"check": [][]string{{"test", "-e", mark}}}))
	c.start()
	c.until("refused", 4*time.Second, func(s snapshot) bool { return s.Refused != nil && s.Status == waiting })
	c.write(mark, "")
	if s := c.untilHealthy("one"); s.Refused != nil {
		t.Errorf("the state is %+v", s)
	}
}

func TestConfigurationThatHangsTheServiceIsTakenBack(t *testing.T) {
	c := newContainer(t)
	settings := c.settings(nil)
	c.release("one", "greeting one", settings)
	c.start()
	c.untilGood("one")
	c.release("two", "greeting two\nmute", settings)
	s := c.until("back at one", 12*time.Second, func(s snapshot) bool { return s.Refused != nil && s.Release == "one" && s.Healthy })
	contains(t, s.Refused.Message, "went back to release one")
	if s.Refused.Release != "two" || c.greeting() != "one" {
		t.Errorf("the state is %+v", s)
	}
	c.release("three", "greeting three", settings)
	c.untilGood("three")
}

func TestConfigurationThatCrashesTheDaemonIsTakenBack(t *testing.T) {
	c := newContainer(t)
	c.release("one", "greeting one", c.settings(nil))
	c.start()
	c.untilGood("one")
	c.release("two", "crash-on-reload\ncrash", c.settings(nil))
	s := c.until("back at one", 12*time.Second, func(s snapshot) bool { return s.Refused != nil && s.Release == "one" && s.Healthy })
	contains(t, s.Refused.Message, "exit status 3")
}

func TestWhenTheOlderConfigurationDoesNoBetterTheNewerIsKept(t *testing.T) {
	c := newContainer(t)
	fault := c.path("run", "fault")
	settings := c.settings(map[string]any{"prepare": [][]string{{"sh", "-c", "! test -e " + fault}}})
	c.release("one", "greeting one", settings)
	c.start()
	c.untilGood("one")
	c.write(fault, "")
	settings["environment"] = map[string]string{"CHANGED": "yes"}
	c.release("two", "greeting two", settings)
	c.until("tried both", 15*time.Second, func(snapshot) bool { return strings.Contains(c.log(), "does no better") })
	_ = os.Remove(fault)
	if s := c.untilGood("two"); s.Refused != nil || c.greeting() != "two" {
		t.Errorf("the state is %+v", s)
	}
}

func TestChangedCommandStartsTheDaemonAgain(t *testing.T) {
	c := newContainer(t)
	c.release("one", "greeting one", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	before := c.daemon()
	c.release("two", "greeting two", c.settings(map[string]any{"environment": map[string]string{"X": "y"}}))
	s := c.untilHealthy("two")
	if c.daemon() == before || s.Restarts != 0 || c.greeting() != "two" {
		t.Errorf("the state is %+v", s)
	}
}

func TestChangedListenAddressIsTaken(t *testing.T) {
	c := newContainer(t)
	c.release("one", "", c.settings(nil))
	c.start()
	c.untilHealthy("one")
	c.listen = freeAddress(t)
	c.release("two", "", c.settings(nil))
	c.untilHealthy("two")
	c.until("ready there", 3*time.Second, func(snapshot) bool { status, _ := c.get("/ready"); return status == 200 })
}

func TestWatchedContentReloadsOnlyWhenItDiffers(t *testing.T) {
	c := newContainer(t)
	certificate := c.path("run", "site.pem")
	c.write(certificate, "first")
	c.release("one", "", c.settings(map[string]any{"watch": []string{certificate}}))
	c.start()
	c.untilHealthy("one")
	c.write(certificate, "first") // touched, not changed
	time.Sleep(1500 * time.Millisecond)
	if s := c.state(); s.Reloads != 0 {
		t.Error("reloaded for nothing")
	}
	c.write(certificate, "second")
	c.until("reloaded", 4*time.Second, func(s snapshot) bool { return s.Reloads == 1 && strings.Contains(c.log(), "daemon reloaded") })
	_ = os.Remove(certificate)
	c.until("reloaded", 4*time.Second, func(s snapshot) bool { return s.Reloads == 2 })
}

func TestConfigMapSwitchedByKubernetes(t *testing.T) {
	c := newContainer(t)
	c.release("real", "greeting one", c.settings(nil))
	version := func(name, greeting string) {
		folder := c.path("release", "current", name)
		_ = os.MkdirAll(folder, 0o755)
		settings, _ := os.ReadFile(c.path("release", "real", "keeper.json"))
		c.write(folder+"/keeper.json", string(settings))
		c.write(folder+"/daemon.conf", "listen "+c.service+"\ngreeting "+greeting)
		_ = os.Symlink(name, c.path("release", "current", "..next"))
		_ = os.Rename(c.path("release", "current", "..next"), c.path("release", "current", "..data"))
	}
	_ = os.Remove(c.path("release", "current"))
	version("..2026_1", "one")
	for _, name := range []string{"keeper.json", "daemon.conf"} {
		_ = os.Symlink("..data/"+name, c.path("release", "current", name))
	}
	c.start()
	c.untilHealthy("2026_1")
	version("..2026_2", "two")
	_ = os.RemoveAll(c.path("release", "current", "..2026_1"))
	c.untilHealthy("2026_2")
	if c.greeting() != "two" {
		t.Errorf("greeting %q", c.greeting())
	}
}

func TestConfigurationChangedWhileTheDaemonStarts(t *testing.T) {
	c := newContainer(t)
	c.release("one", "mute", c.settings(nil))
	c.start()
	c.until("starting", 3*time.Second, func(s snapshot) bool { return s.Status == starting })
	c.release("two", "greeting two", c.settings(nil))
	if s := c.untilGood("two"); s.Restarts != 0 || c.greeting() != "two" {
		t.Errorf("the state is %+v", s)
	}
	contains(t, c.log(), "it was not up yet")
}

func TestHangUpTriesAReleaseAgainThatDidNotWork(t *testing.T) {
	c := newContainer(t)
	fault := c.path("run", "fault")
	c.release("one", "greeting one", c.settings(nil))
	c.start()
	c.untilGood("one")
	c.write(fault, "")
	c.release("two", "greeting two", c.settings(map[string]any{"prepare": [][]string{{"sh", "-c", "! test -e " + fault}}}))
	c.until("back at one", 12*time.Second, func(s snapshot) bool { return s.Refused != nil && s.Good == "one" && s.Healthy })
	_ = os.Remove(fault)
	_ = c.process.Process.Signal(syscall.SIGHUP)
	if s := c.untilGood("two"); s.Refused != nil {
		t.Errorf("the state is %+v", s)
	}
}
