package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// candidate is a release with its parsed configuration.
type candidate struct {
	release
	config   *config
	fallback bool          // taken in place of a refused release, which stays reported
	taken    chan struct{} // closed when the supervisor has dealt with it
}

// checkLimit is how long one of the daemon's own checkers may take, on a slow machine where all of them run at once.
const checkLimit = 3 * time.Minute

// candidateOf reads, checks and stages a release. Its error says why it was refused.
func (k *keeper) candidateOf(ctx context.Context, found release) (*candidate, error) {
	c, err := readCandidate(found)
	if err != nil {
		return nil, err
	}
	if err := k.check(ctx, c); err != nil {
		return nil, err
	}
	return c, stage(found.folder, k.paths.conf+".new", "", "")
}

func readCandidate(found release) (*candidate, error) {
	text, err := os.ReadFile(filepath.Join(found.folder, "keeper.json"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the release's keeper.json: %w", err)
	}
	c, err := parseConfig(text)
	if err != nil {
		return nil, err
	}
	return &candidate{release: found, config: c, taken: make(chan struct{})}, nil
}

// check asks the daemon's own checkers about a copy in which every path leads to the copy.
func (k *keeper) check(ctx context.Context, c *candidate) error {
	if len(c.config.Check) == 0 {
		return nil
	}
	place := k.paths.conf + ".check"
	defer os.RemoveAll(place)
	if err := stage(c.folder, place, k.paths.conf, place); err != nil {
		return err
	}
	for _, command := range c.config.Check {
		moved := make([]string, len(command))
		for i, word := range command {
			moved[i] = string(replacePath([]byte(word), k.paths.conf, place))
		}
		if err := k.command(ctx, moved, c.config.environment(), checkLimit, false); err != nil {
			return errors.New(strings.ReplaceAll(err.Error(), place, k.paths.conf))
		}
	}
	return nil
}

// take lays a staged candidate in place of the configuration in use.
func (k *keeper) take(c *candidate) error {
	defer close(c.taken)
	fresh, last := k.paths.conf+".new", k.paths.conf+".last"
	swapped, err := exchange(fresh, k.paths.conf)
	if err != nil {
		err = fmt.Errorf("cannot lay the configuration at %s: %w", k.paths.conf, err)
		k.state.fail("%v", err)
		k.state.change(func(now *snapshot) { now.Refused = &refusal{c.name, err.Error()} })
		return err
	}
	k.mu.Lock()
	old := k.current
	k.current = c
	k.mu.Unlock()
	if swapped {
		if old != nil && old.name == k.state.read().Good {
			_ = os.RemoveAll(last)
			if os.Rename(fresh, last) == nil {
				k.previous = old
			}
		}
		_ = os.RemoveAll(fresh)
	}
	k.trial = &trial{}
	k.state.change(func(now *snapshot) {
		now.Release = c.name
		now.LastError = nil
		if old != nil {
			now.Reloads++
		}
		if !c.fallback {
			now.Refused = nil
		}
	})
	k.server.listen(c.config.Listen)
	k.log.say("took release %s", c.name)
	return nil
}
