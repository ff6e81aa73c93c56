package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// runLimit is how long one run of a job may take.
	runLimit = 30 * time.Minute
	// longestRetry bounds the growing delay after failures, and longestFirstRetry that of a job that has never succeeded: others wait for it.
	longestRetry      = 15 * time.Minute
	longestFirstRetry = time.Minute
	// tempFail, EX_TEMPFAIL of sysexits.h, is how a job says that it could not do all of it yet, and that nobody lacks what it is for.
	tempFail = 75
)

// retryDelay doubles with every failure in a row.
func (j *job) retryDelay(failures int, succeeded bool) time.Duration {
	limit := longestRetry
	if !succeeded {
		limit = longestFirstRetry
	}
	delay := j.RetrySeconds.duration()
	for range failures - 1 {
		if delay *= 2; delay >= limit {
			break
		}
	}
	return min(delay, limit)
}

// work runs a job again and again until something ends it. A changed configuration or watched file lets it run at once.
func (k *keeper) work(ctx context.Context) (ending, string) {
	c := k.config()
	k.state.change(func(now *snapshot) {
		now.Status, now.Healthy, now.Checks = starting, true, []checkResult{}
		if now.Job == nil {
			now.Job = &jobResult{}
		}
	})
	for {
		read.remember(c.Watch)
		end, came := k.runOnce(ctx, c)
		if end == interrupted {
			end = k.rest(ctx, k.finished(c, came))
		}
		if end != interrupted {
			return end, came.why
		}
	}
}

// outcome is what came of a run.
type outcome struct {
	why   string // what failed, or what ended it; empty: nothing
	later bool   // it says itself that nobody suffers from that
}

// runOnce runs the command to its end. `interrupted` means that it ended by itself.
func (k *keeper) runOnce(ctx context.Context, c *config) (ending, outcome) {
	if err := k.prepare(ctx, c); err != nil {
		return interrupted, outcome{why: "cannot prepare the run: " + err.Error()}
	}
	words := newLastWords(k.log, k.noise)
	output, err := pipeLines(words.take)
	if err != nil {
		return interrupted, outcome{why: err.Error()}
	}
	run, err := k.procs.start(c.Job.Command, c.environment(), output, false)
	unix.Close(output)
	if err != nil {
		return interrupted, outcome{why: err.Error()}
	}
	limit := time.NewTimer(runLimit)
	defer limit.Stop()
	select {
	case <-run.done:
		k.procs.sweep(5 * time.Second)
		if run.status.ExitStatus() != 0 {
			why := fmt.Sprintf("%s ended with %s", c.Job.Command[0], describeStatus(run.status)) + words.String()
			return interrupted, outcome{why: why, later: run.status.ExitStatus() == tempFail}
		}
		return interrupted, outcome{}
	case <-limit.C:
		k.halt(run, c)
		return interrupted, outcome{why: fmt.Sprintf("%s took longer than %s and was ended", c.Job.Command[0], runLimit)}
	case <-ctx.Done():
		k.halt(run, c)
		return asked, outcome{}
	case <-k.stranded:
		k.halt(run, c)
		return outOfPlace, outcome{}
	case offered := <-k.offers:
		k.halt(run, c)
		_ = k.take(offered)
		return replaced, outcome{}
	case <-k.watched:
		k.halt(run, c)
		return replaced, outcome{}
	}
}

// finished writes a run's result down and says how long to rest.
func (k *keeper) finished(c *config, came outcome) time.Duration {
	var delay time.Duration
	if came.why != "" {
		k.state.fail("%s", came.why)
	}
	k.state.change(func(now *snapshot) {
		result := *now.Job // the old one may be being read
		result.Runs++
		moment := time.Now()
		if came.why == "" {
			result.Failures, result.LastSuccess = 0, &moment
			delay = c.Job.EverySeconds.duration()
			now.Status, now.Healthy, now.Ready, now.LastError = running, true, true, nil
		} else {
			result.Failures++
			delay = c.Job.retryDelay(result.Failures, result.LastSuccess != nil)
			now.Status, now.Healthy, now.Ready = unhealthy, came.later, false
			if came.later {
				now.Status = running
			}
		}
		next := moment.Add(delay)
		result.Next = &next
		now.Job = &result
	})
	if came.why == "" || came.later {
		k.prove()
	}
	if came.why != "" {
		k.log.say("next try in %s", delay)
	}
	return delay
}

// rest waits for the next run.
func (k *keeper) rest(ctx context.Context, delay time.Duration) ending {
	wait := time.NewTimer(delay)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return asked
	case <-k.stranded:
		return outOfPlace
	case c := <-k.offers:
		_ = k.take(c)
		return replaced
	case <-k.watched:
		return interrupted
	case <-wait.C:
		return interrupted
	}
}
