package main

import (
	"context"
	"errors"
	"time"
)

// execCheck runs a program; exit code 0 is good.
type execCheck struct {
	heading
	Command []string `json:"command"`
}

func (e *execCheck) validate() error {
	if len(e.Command) == 0 {
		return errors.New(`"command" is empty`)
	}
	return nil
}

func (e *execCheck) ask(ctx context.Context, k *keeper) error {
	limit := time.Minute
	if deadline, set := ctx.Deadline(); set {
		limit = time.Until(deadline)
	}
	return k.command(context.WithoutCancel(ctx), e.Command, k.environment(), limit, false)
}
