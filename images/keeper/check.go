package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// check is one question to a service.
type check struct {
	name string
	asker
}

// asker asks once and says in a sentence what is wrong. The context carries the time limit.
type asker interface {
	ask(ctx context.Context, k *keeper) error
}

// UnmarshalJSON reads a check by its kind; fields of another kind are refused.
func (c *check) UnmarshalJSON(text []byte) error {
	var head struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("in a check: %w", plainJSON(err))
	}
	if head.Name == "" {
		return errors.New(`a check has no "name"`)
	}
	var into interface {
		asker
		validate() error
	}
	switch head.Kind {
	case "dialog":
		into = &dialogCheck{}
	case "http":
		into = &httpCheck{}
	case "milter":
		into = &milterCheck{}
	case "dns":
		into = &dnsCheck{}
	case "exec":
		into = &execCheck{}
	case "space":
		into = &spaceCheck{}
	default:
		return fmt.Errorf("the check %q has the kind %q; known are dialog, http, milter, dns, exec and space", head.Name, head.Kind)
	}
	if err := strict(text, into); err != nil {
		return fmt.Errorf("in the check %q: %w", head.Name, err)
	}
	if err := into.validate(); err != nil {
		return fmt.Errorf("in the check %q: %w", head.Name, err)
	}
	c.name, c.asker = head.Name, into
	return nil
}

// heading takes up the fields that every kind has.
type heading struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// dial opens `host:port` or `unix:/path`. The connection obeys the deadline of the context.
func dial(ctx context.Context, address string) (net.Conn, error) {
	network := "tcp"
	if path, found := strings.CutPrefix(address, "unix:"); found {
		network, address = "unix", path
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, plainNetwork(err, "connecting to "+address)
	}
	if deadline, set := ctx.Deadline(); set {
		_ = connection.SetDeadline(deadline)
	}
	return connection, nil
}

func validAddress(address string) error {
	if path, found := strings.CutPrefix(address, "unix:"); found {
		if !strings.HasPrefix(path, "/") {
			return fmt.Errorf(`"address" is %q; a socket's path starts with /`, address)
		}
		return nil
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return fmt.Errorf(`"address" is %q where host:port or unix:/path is wanted`, address)
	}
	return nil
}

// plainNetwork says what a network error means, without the library's chain of prefixes.
func plainNetwork(err error, doing string) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("no answer in time while %s", doing)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return fmt.Errorf("%w while %s", err, doing)
}

// askAll asks every check at the same time, each within the limit.
func (k *keeper) askAll(ctx context.Context, checks []check, limit time.Duration) []checkResult {
	results := make([]checkResult, len(checks))
	done := make(chan int, len(checks))
	for i := range checks {
		go func() {
			results[i] = k.askOne(ctx, checks[i], limit)
			done <- i
		}()
	}
	for range checks {
		<-done
	}
	return results
}

func (k *keeper) askOne(ctx context.Context, c check, limit time.Duration) checkResult {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begun := time.Now()
	err := c.ask(ctx, k)
	result := checkResult{Name: c.name, OK: err == nil, Ms: float64(time.Since(begun).Microseconds()) / 1000}
	if err != nil {
		result.Message = err.Error()
	}
	return result
}
