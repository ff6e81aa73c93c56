package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// metrics is the state in Prometheus's text format.
func (k *keeper) metrics(now snapshot) string {
	var text strings.Builder
	family := func(name, kind, help string) {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	one := func(name, kind, help string, value float64) {
		family(name, kind, help)
		fmt.Fprintf(&text, "%s %s\n", name, strconv.FormatFloat(value, 'f', -1, 64))
	}
	family("keeper_info", "gauge", "What runs here.")
	fmt.Fprintf(&text, "keeper_info{name=%q,release=%q,version=%q} 1\n", now.Name, now.Release, now.Version)
	one("keeper_healthy", "gauge", "Whether the daemon's service answers.", oneIf(now.Healthy))
	one("keeper_ready", "gauge", "Whether traffic should come here.", oneIf(now.Ready))
	one("keeper_config_refused", "gauge", "Whether the current release was refused and an older one is in use.", oneIf(now.Refused != nil))
	one("keeper_restarts_total", "counter", "Starts after the daemon ended, hung or could not be started; not those that wait for a file of another container.", float64(now.Restarts))
	one("keeper_reloads_total", "counter", "Times a changed configuration or watched file was taken.", float64(now.Reloads))
	one("keeper_status_seconds", "gauge", "How long the status has been what it is.", time.Since(now.Since).Seconds())
	one("keeper_daemon_rss_bytes", "gauge", "Resident memory of the daemon and all its children, shared pages counted for each.", float64(k.procs.resident()))
	if self, ok := readEntry(os.Getpid()); ok {
		one("keeper_rss_bytes", "gauge", "Resident memory of the keeper itself.", float64(self.pages*int64(os.Getpagesize())))
	}
	one("keeper_log_lines_total", "counter", "Lines of the daemon passed on.", float64(k.log.relayed.Load()))
	if len(now.Checks) > 0 {
		family("keeper_check_ok", "gauge", "Result of each check, when it was asked last.")
		for _, c := range now.Checks {
			fmt.Fprintf(&text, "keeper_check_ok{check=%q} %v\n", c.Name, oneIf(c.OK))
		}
		family("keeper_check_duration_seconds", "gauge", "How long each check took, when it was asked last.")
		for _, c := range now.Checks {
			fmt.Fprintf(&text, "keeper_check_duration_seconds{check=%q} %v\n", c.Name, c.Ms/1000)
		}
	}
	if now.Job != nil {
		one("keeper_job_runs_total", "counter", "Runs of the job that ended.", float64(now.Job.Runs))
		one("keeper_job_failures", "gauge", "Failures in a row.", float64(now.Job.Failures))
		if now.Job.LastSuccess != nil {
			one("keeper_job_last_success_timestamp_seconds", "gauge", "When the job last succeeded.", float64(now.Job.LastSuccess.Unix()))
		}
	}
	if c := k.config(); c != nil {
		for _, figure := range c.Gauges {
			// One that cannot be counted is left out: none is not the same as 0.
			if files, err := figure.count(); err == nil {
				one(figure.Name, "gauge", figure.Help, float64(files))
			}
		}
	}
	return text.String()
}

func oneIf(value bool) float64 {
	if value {
		return 1
	}
	return 0
}
