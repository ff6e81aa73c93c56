package main

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// pollEvery is how often links and files are looked at. Polling sees every kind of switch (bind mounts, ConfigMaps, network file
// systems), which notifications do not.
const pollEvery = time.Second

// recheck asks the watcher to try a refused release again.
var recheck atomic.Bool

// watchRelease offers each release that becomes current and passes its checks.
func (k *keeper) watchRelease(ctx context.Context) {
	seen, again, pause := "", time.Time{}, pollEvery
	for ; ctx.Err() == nil; sleep(ctx, pollEvery) {
		found, err := findRelease(k.paths.release)
		if err != nil {
			if seen != err.Error() {
				seen = err.Error()
				k.state.fail("%v", err)
			}
			continue
		}
		retry := recheck.Swap(false) || !again.IsZero() && time.Now().After(again)
		if found.name == seen && !retry {
			continue
		}
		if found.name != seen {
			pause = pollEvery
		}
		seen, again = found.name, time.Time{}
		if k.using() == found.name {
			k.state.change(func(now *snapshot) { now.Refused = nil })
			continue
		}
		c, err := k.candidateOf(ctx, found)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			k.offer(ctx, c)
			continue
		}
		k.refuse(ctx, found, err)
		if k.using() == "" { // nothing runs: the reason may pass, such as a certificate that is not there yet
			again = time.Now().Add(pause)
			pause = min(2*pause, 10*time.Second)
		}
	}
}

// using is the name of the release in use; empty before the first.
func (k *keeper) using() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil {
		return ""
	}
	return k.current.name
}

// refuse reports a bad release. When nothing runs yet, the last good one is offered in its place.
func (k *keeper) refuse(ctx context.Context, bad release, why error) {
	before := k.state.read().Refused
	k.state.change(func(now *snapshot) { now.Refused = &refusal{bad.name, why.Error()} })
	if before == nil || *before != (refusal{bad.name, why.Error()}) {
		k.log.say("refused release %s: %v", bad.name, why)
	}
	if using := k.using(); using != "" {
		k.log.say("release %s stays in use", using)
		return
	}
	good, there := named(k.paths.release, k.state.read().Good)
	if !there || good.name == bad.name {
		return
	}
	c, err := k.candidateOf(ctx, good)
	if err != nil {
		k.log.say("the last good release %s is refused too: %v", good.name, err)
		return
	}
	c.fallback = true
	k.log.say("taking the last good release %s instead", good.name)
	k.offer(ctx, c)
}

func (k *keeper) offer(ctx context.Context, c *candidate) {
	select {
	case <-ctx.Done():
	case k.offers <- c:
		<-c.taken
	}
}

// contents is what the watched files held when the daemon last read them.
type contents struct {
	mu    sync.Mutex
	paths []string
	sign  string
	print string
}

var read contents

// remember notes the watched content. It is called just before the daemon reads it, so that no change is missed.
func (c *contents) remember(paths []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths, c.sign = paths, touched(paths)
	c.print, _ = fingerprint(paths...)
}

// changed says whether the content differs from what was remembered, and remembers it.
func (c *contents) changed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.paths) == 0 {
		return false
	}
	sign := touched(c.paths)
	if sign == c.sign {
		return false
	}
	before := c.print
	c.sign = sign
	c.print, _ = fingerprint(c.paths...)
	return c.print != before
}

// watchContent reports changed content outside the release, and the signal HUP.
func (k *keeper) watchContent(ctx context.Context, hup <-chan os.Signal) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
		case <-ticker.C:
			if !read.changed() {
				continue
			}
		}
		recheck.Store(true)
		select {
		case k.watched <- struct{}{}:
		default:
		}
	}
}

func sleep(ctx context.Context, span time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(span):
	}
}
