package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// life is one run of the daemon, from its start to its end. Without a command there is no daemon, and nothing to end.
type life struct {
	*keeper
	config  *config
	daemon  *process
	words   *lastWords
	prober  *prober
	started time.Time
	changed time.Time // of the start or the last reload
	healthy time.Time // since when; zero while it is not
	fails   int       // in a row
	once    bool      // it was healthy in this life
	steady  bool      // it was so for long enough to be called well
}

// mostPatience is how many times the configured time a daemon has at most that has never been well.
const mostPatience = 16

// reloadLimit is how long a reload command may take.
const reloadLimit = 30 * time.Second

// live runs the daemon until something ends it.
func (k *keeper) live(ctx context.Context) (ending, string) {
	l := &life{keeper: k, config: k.config()}
	k.state.change(func(now *snapshot) {
		now.Status, now.Healthy, now.Ready, now.Checks, now.Job = starting, false, false, []checkResult{}, nil
		now.Reloading = false
	})
	read.remember(l.config.Watch)
	if err := k.prepare(ctx, l.config); err != nil {
		if ctx.Err() != nil {
			return asked, ""
		}
		return unprepared, "cannot prepare the start: " + err.Error()
	}
	if err := l.start(); err != nil {
		return crashed, err.Error()
	}
	l.prober = k.probing(ctx, l.config)
	defer func() { l.prober.stop() }()
	end, why := l.watch(ctx)
	if l.steady {
		k.backoff = shortestBackoff
	}
	k.patience = nextPatience(k.patience, end, l.steady)
	return end, why
}

// nextPatience is how many times the configured time the next life has for answering. On a machine that is slower than was
// thought, as when all daemons start at once, one that is ended for being slow would only make the others slower.
func nextPatience(patience int, end ending, steady bool) int {
	switch {
	case steady:
		return 1
	case end == hung:
		return min(2*patience, mostPatience)
	}
	return patience
}

// start starts the daemon, with its output going to the log.
func (l *life) start() error {
	l.started = time.Now()
	l.changed = l.started
	if l.config.Command == nil {
		return nil
	}
	l.procs.sweep(5 * time.Second) // nothing of an earlier life may hold ports or locks
	l.words = newLastWords(l.log, l.noise)
	output, err := pipeLines(l.words.take)
	if err != nil {
		return err
	}
	defer unix.Close(output)
	l.daemon, err = l.procs.start(l.config.Command, l.config.environment(), output, false)
	return err
}

// watch waits for whatever comes first, again and again.
func (l *life) watch(ctx context.Context) (ending, string) {
	var ended chan struct{}
	if l.daemon != nil {
		ended = l.daemon.done
	}
	quiet := time.NewTicker(time.Second) // stands in for a prober that has nothing to ask
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			l.stop()
			return asked, ""
		case <-l.stranded:
			l.prober.stop()
			if l.daemon != nil {
				l.end(l.daemon) // its connections are dead, so there is nothing to wait for
			}
			return outOfPlace, ""
		case <-ended:
			return crashed, l.obituary()
		case v := <-l.prober.verdicts:
			if why := l.weigh(v); why != "" {
				l.end(l.daemon)
				return hung, why
			}
		case <-quiet.C:
			if l.config.Probe == nil && len(l.config.Ready) == 0 && len(l.config.Told) == 0 {
				l.weigh(verdict{alive: true, ready: true, results: []checkResult{}})
			} else {
				quiet.Stop()
			}
		case c := <-l.offers:
			// Said before the release is: who waits for it must not find it taken while the daemon still has the one before.
			l.reloading(true)
			if l.take(c) != nil {
				l.reloading(false)
				continue
			}
			if !l.config.sameProcess(c.config) {
				l.stop()
				return replaced, ""
			}
			stopAs := l.config
			l.config = c.config
			if end, why := l.reload(ctx, stopAs, "a changed configuration"); end != interrupted {
				return end, why
			}
		case <-l.watched:
			l.state.change(func(now *snapshot) { now.Reloads, now.Reloading = now.Reloads+1, true })
			if end, why := l.reload(ctx, l.config, "changed content of a watched file"); end != interrupted {
				return end, why
			}
		}
	}
}

// reload lets the daemon take what has changed. `interrupted` means that it goes on.
func (l *life) reload(ctx context.Context, stopAs *config, what string) (ending, string) {
	read.remember(l.config.Watch)
	how := l.config.Reload
	switch {
	case l.daemon == nil:
	case how == nil || how.Restart:
		l.log.say("starting again for %s", what)
		l.stopLike(stopAs)
		return replaced, ""
	case !l.once:
		// A daemon that is still starting may not have its signal handlers yet, and would die of the signal.
		l.log.say("starting again for %s, since it was not up yet", what)
		l.stopLike(stopAs)
		return replaced, ""
	case how.Signal != "":
		l.log.say("reloading by %s for %s", how.Signal, what)
		l.procs.signal(l.daemon, how.Signal.number())
	default:
		l.log.say("reloading for %s", what)
		if err := l.command(ctx, how.Command, l.config.environment(), reloadLimit, true); err != nil && ctx.Err() == nil {
			l.end(l.daemon)
			return hung, "the reload failed: " + err.Error()
		}
	}
	l.reloading(false)
	l.changed, l.fails = time.Now(), 0
	l.prober.stop()
	l.prober = l.probing(ctx, l.config)
	return interrupted, ""
}

func (l *life) reloading(is bool) {
	l.state.change(func(now *snapshot) { now.Reloading = is })
}

// weigh takes a verdict in. It returns why the daemon must be ended, or nothing.
func (l *life) weigh(v verdict) string {
	forgiven := !l.once && l.config.Probe != nil && time.Since(l.started) < l.starting()
	switch {
	case v.alive:
		l.fails = 0
		if l.healthy.IsZero() {
			l.healthy = time.Now()
			l.log.say("healthy %.1f s after the start", time.Since(l.started).Seconds())
		}
		l.once = true
		l.steady = l.steady || time.Since(l.healthy) > settled
		if time.Since(l.changed) >= trialTime {
			l.prove()
		}
	case !forgiven:
		l.fails++
	}
	dead := l.config.Probe != nil && l.fails >= l.failures()
	if dead {
		l.healthy = time.Time{}
	}
	l.state.change(func(now *snapshot) {
		now.Checks, now.Ready, now.Healthy = v.results, v.ready, l.once && !dead
		switch {
		case dead:
			now.Status = unhealthy
		case l.once:
			now.Status = running
		}
	})
	if dead && l.daemon != nil {
		return fmt.Sprintf("the service did not answer %d times in a row (%s); it was ended", l.fails, v.message)
	}
	return ""
}

// starting is how long failures are not counted after a start.
func (l *life) starting() time.Duration {
	return time.Duration(l.patience) * l.config.Probe.StartSeconds.duration()
}

// failures is how many in a row are too many.
func (l *life) failures() int {
	if l.steady {
		return l.config.Probe.Failures
	}
	return l.patience * l.config.Probe.Failures
}

// obituary says how the daemon ended by itself, and ends what it left behind.
func (l *life) obituary() string {
	l.procs.sweep(5 * time.Second)
	lived := time.Since(l.started).Seconds()
	return fmt.Sprintf("%s ended with %s after %.1f s%s", l.config.Command[0], describeStatus(l.daemon.status), lived, l.words)
}

func (l *life) stop() { l.stopLike(l.config) }

// stopLike ends the daemon gracefully, the way the configuration it was started with says.
func (l *life) stopLike(c *config) {
	l.prober.stop()
	l.state.change(func(now *snapshot) { now.Status, now.Ready = stopping, false })
	if l.daemon != nil {
		l.halt(l.daemon, c)
	}
}
