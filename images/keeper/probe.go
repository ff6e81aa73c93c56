package main

import (
	"context"
	"time"
)

// verdict is the outcome of asking all checks once.
type verdict struct {
	alive   bool // every check of the probe passed
	ready   bool // and every check of readiness
	message string
	results []checkResult
}

// prober asks again and again until it is stopped.
type prober struct {
	verdicts chan verdict
	stop     context.CancelFunc
}

// probing starts to ask the current configuration's checks. The first round is asked at once, while a start is waited for
// it is repeated faster, so that a service that is up early is known to be.
func (k *keeper) probing(ctx context.Context, c *config) *prober {
	ctx, cancel := context.WithCancel(ctx)
	p := &prober{verdicts: make(chan verdict), stop: cancel}
	if c.Probe == nil && len(c.Ready) == 0 && len(c.Told) == 0 {
		return p
	}
	interval, timeout := defaultInterval, defaultTimeout
	var checks []check
	if c.Probe != nil {
		interval, timeout, checks = c.Probe.IntervalSeconds.duration(), c.Probe.TimeoutSeconds.duration(), c.Probe.Checks
	}
	go func() {
		wait := time.NewTimer(200 * time.Millisecond)
		defer wait.Stop()
		early := 0
		for {
			select {
			case <-ctx.Done():
				return
			case <-wait.C:
			}
			begun := time.Now()
			deciding := append(append([]check(nil), checks...), c.Ready...)
			results := k.askAll(ctx, append(deciding, c.Told...), timeout)
			found := judge(results, len(checks), len(deciding))
			select {
			case <-ctx.Done():
				return
			case p.verdicts <- found:
			}
			pause := interval
			if early++; !found.alive && early < 10 && interval > 500*time.Millisecond {
				pause = 500 * time.Millisecond
			} else {
				early = 10
			}
			wait.Reset(max(time.Until(begun.Add(pause)), 10*time.Millisecond))
		}
	}()
	return p
}

// judge divides the results into those that decide life, those that only decide readiness, and those that are told and decide
// nothing.
func judge(results []checkResult, vital, deciding int) verdict {
	v := verdict{alive: true, ready: true, results: results}
	for i, one := range results[:deciding] {
		if one.OK {
			continue
		}
		v.ready = false
		if i < vital {
			v.alive = false
		}
		if v.message == "" {
			v.message = one.Name + ": " + one.Message
		}
	}
	return v
}
