package main

import (
	"fmt"
	"os"
	"time"
)

// trial is the time between taking a configuration and having seen it work.
type trial struct {
	crashes int
	back    bool // the configuration on trial is an older one, tried because a newer one failed
}

const (
	// trialTime is how long a taken configuration must have been in use when a probe passes for it to be called good.
	trialTime = 3 * time.Second
	// trialCrashes is how often a daemon may end by itself on trial; once may be bad luck.
	trialCrashes = 2
)

// prove remembers the configuration in use as good. It is called at every success and does something once.
func (k *keeper) prove() {
	name := k.current.name
	if k.trial == nil && k.state.read().Good == name {
		return
	}
	k.trial, k.previous = nil, nil
	_ = os.RemoveAll(k.paths.conf + ".last")
	k.state.change(func(now *snapshot) { now.Good = name })
}

// lost is called when the daemon ended or hung. On trial, it changes to the other configuration and says that it did.
func (k *keeper) lost(how ending, why string) bool {
	if k.trial == nil {
		return false
	}
	if how == crashed || how == unprepared {
		if k.trial.crashes++; k.trial.crashes < trialCrashes {
			return false
		}
	}
	if k.trial.back {
		return k.forward()
	}
	return k.goBack(why)
}

// goBack returns to the last good configuration: the one still laid beside, or, just after a boot, its release.
func (k *keeper) goBack(why string) bool {
	good, last := k.previous, k.paths.conf+".last"
	if good == nil {
		found, there := named(k.paths.release, k.state.read().Good)
		if !there || found.name == k.current.name {
			return false
		}
		read, err := readCandidate(found)
		if err == nil {
			err = stage(found.folder, last, "", "")
		}
		if err != nil {
			k.log.say("cannot go back to release %s: %v", found.name, err)
			return false
		}
		good = read
	}
	bad := k.current
	if !k.swap(good, last) {
		return false
	}
	message := fmt.Sprintf("it did not work (%s); went back to release %s", why, good.name)
	k.trial = &trial{back: true}
	k.state.change(func(now *snapshot) { now.Refused = &refusal{bad.name, message} })
	k.log.say("release %s: %s", bad.name, message)
	return true
}

// forward takes the newer configuration again: the older one does no better, so the fault lies elsewhere.
func (k *keeper) forward() bool {
	newer := k.previous
	if newer == nil || !k.swap(newer, k.paths.conf+".last") {
		return false
	}
	k.trial = nil
	k.state.change(func(now *snapshot) { now.Refused = nil })
	k.log.say("release %s does no better, so the fault is not the configuration; took release %s again", k.previous.name, newer.name)
	return true
}

// swap exchanges the configuration in use with the one that lies beside.
func (k *keeper) swap(other *candidate, beside string) bool {
	if _, err := exchange(beside, k.paths.conf); err != nil {
		k.log.say("cannot exchange configurations: %v", err)
		return false
	}
	k.mu.Lock()
	k.current, k.previous = other, k.current
	k.mu.Unlock()
	k.state.change(func(now *snapshot) { now.Release = other.name })
	k.server.listen(other.config.Listen)
	return true
}
