package main

import (
	"context"
	"time"
)

// ending says why one life of the daemon is over.
type ending int

const (
	asked       ending = iota // by a signal to the keeper
	outOfPlace                // a required address is gone
	replaced                  // a changed configuration needs a start anew
	crashed                   // by itself, or it could not be started
	unprepared                // what it needs is not there yet, so it was not started
	hung                      // the keeper ended it
	interrupted               // a pause was cut short
)

const (
	shortestBackoff = 200 * time.Millisecond
	longestBackoff  = 10 * time.Second
	// settled is how long a daemon must have been healthy for its next start to be at once.
	settled = 30 * time.Second
)

// supervise starts the daemon again and again until the container is to end. It returns the exit code.
func (k *keeper) supervise(ctx context.Context) int {
	k.backoff, k.patience = shortestBackoff, 1
	select {
	case <-ctx.Done():
		return 0
	case c := <-k.offers:
		if k.take(c) != nil {
			return 1
		}
	}
	for {
		begin := k.live
		if k.config().Job != nil {
			begin = k.work
		}
		end, why := begin(ctx)
		if end == crashed || end == hung || end == unprepared {
			if end != unprepared {
				k.state.change(func(now *snapshot) { now.Restarts++ })
			}
			k.state.fail("%s", why)
			if k.lost(end, why) {
				continue
			}
			end = k.pause(ctx)
		}
		switch end {
		case asked:
			k.state.change(func(now *snapshot) { now.Status, now.Healthy, now.Ready = stopping, false, false })
			return 0
		case outOfPlace:
			return exitStranded
		}
	}
}

// pause waits before the next start, longer each time, unless something changes that may help.
func (k *keeper) pause(ctx context.Context) ending {
	k.state.change(func(now *snapshot) { now.Status, now.Healthy, now.Ready = failed, false, false })
	wait := time.NewTimer(k.backoff)
	defer wait.Stop()
	k.backoff = min(2*k.backoff, longestBackoff)
	select {
	case <-ctx.Done():
		return asked
	case <-k.stranded:
		return outOfPlace
	case c := <-k.offers:
		if k.take(c) == nil {
			k.backoff = shortestBackoff
		}
		return replaced
	case <-k.watched:
		return interrupted
	case <-wait.C:
		return interrupted
	}
}

// prepare runs the commands before a start.
func (k *keeper) prepare(ctx context.Context, c *config) error {
	for _, command := range c.Prepare {
		if err := k.command(ctx, command, c.environment(), checkLimit, true); err != nil {
			return err
		}
	}
	return nil
}
