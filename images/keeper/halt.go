package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// halt asks a process to stop, and kills what is left of it when the time is up.
func (k *keeper) halt(d *process, c *config) {
	end := time.Now().Add(c.stopAfter())
	k.procs.signal(d, c.stopSignal())
	k.procs.signal(d, unix.SIGCONT) // one that is held could not heed the signal
	d.wait(c.stopAfter())
	if !k.haltOrphans(c, end) {
		k.log.say("it did not stop within %s and is killed", c.stopAfter())
		k.procs.sweep(5 * time.Second)
	}
	d.wait(time.Second)
}

// haltOrphans asks what a stopped process left behind. A shell that starts a daemon ends of the signal without passing it on.
func (k *keeper) haltOrphans(c *config, end time.Time) bool {
	told := map[int]bool{}
	for {
		left := k.procs.family()
		if len(left) == 0 {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		for _, one := range left {
			if one.parent == os.Getpid() && !told[one.pid] {
				told[one.pid] = true
				_ = unix.Kill(one.pid, c.stopSignal())
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// killAfter is how long a daemon that no longer answers may take to end itself.
const killAfter = 2 * time.Second

// end ends a daemon that does not answer, with all its processes. One that is held by SIGSTOP cannot end itself.
func (k *keeper) end(d *process) {
	if c := k.config(); !stopped(d.pid) {
		limit := time.Now().Add(killAfter)
		k.procs.signal(d, c.stopSignal())
		d.wait(killAfter)
		k.haltOrphans(c, limit)
	}
	k.procs.sweep(5 * time.Second)
	d.wait(time.Second)
}
