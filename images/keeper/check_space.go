package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// spaceCheck asks how much room is left on the disk that a folder is on.
type spaceCheck struct {
	heading
	Path string `json:"path"`
	// LeastPercent of what users may fill, in octets and in files.
	LeastPercent int `json:"leastPercent"`
}

func (s *spaceCheck) validate() error {
	if !filepath.IsAbs(s.Path) {
		return fmt.Errorf(`"path" is %q; a path starts with /`, s.Path)
	}
	if s.LeastPercent < 1 || s.LeastPercent > 99 {
		return errors.New(`"leastPercent" must be from 1 to 99`)
	}
	return nil
}

const gibibyte = 1 << 30

func (s *spaceCheck) ask(context.Context, *keeper) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.Path, &disk); err != nil {
		return fmt.Errorf("cannot look at the disk with %s: %w", s.Path, err)
	}
	return s.judge(disk)
}

func (s *spaceCheck) judge(disk syscall.Statfs_t) error {
	// What only root may fill is none of it.
	room := disk.Blocks - disk.Bfree + disk.Bavail
	if percent := percentOf(disk.Bavail, room); percent < s.LeastPercent {
		left := float64(disk.Bavail) * float64(disk.Bsize) / gibibyte
		return fmt.Errorf("%d %% of the disk with %s is left, %.1f GiB", percent, s.Path, left)
	}
	// Some file systems have no fixed number of files.
	if percent := percentOf(disk.Ffree, disk.Files); disk.Files > 0 && percent < s.LeastPercent {
		return fmt.Errorf("%d %% of the files that the disk with %s can have is left", percent, s.Path)
	}
	return nil
}

func percentOf(part, whole uint64) int {
	if whole == 0 {
		return 100
	}
	return int(part * 100 / whole)
}
