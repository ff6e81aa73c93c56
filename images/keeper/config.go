package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// config is keeper.json. Its fields are those of KeeperConfig in components/plan/workload.ts.
type config struct {
	Command          []string          `json:"command"`
	Job              *job              `json:"job"`
	Prepare          [][]string        `json:"prepare"`
	Check            [][]string        `json:"check"`
	Reload           *reload           `json:"reload"`
	Watch            []string          `json:"watch"`
	Probe            *probe            `json:"probe"`
	Ready            []check           `json:"ready"`
	Told             []check           `json:"told"`
	RequireAddresses []netip.Addr      `json:"requireAddresses"`
	StopSignal       signalName        `json:"stopSignal"`
	StopSeconds      *seconds          `json:"stopSeconds"`
	Listen           string            `json:"listen"`
	Environment      map[string]string `json:"environment"`
	Quiet            []string          `json:"quiet"`
	Gauges           []gauge           `json:"gauges"`

	quiet []*regexp.Regexp
}

type job struct {
	Command      []string `json:"command"`
	EverySeconds seconds  `json:"everySeconds"`
	RetrySeconds seconds  `json:"retrySeconds"`
}

type probe struct {
	IntervalSeconds seconds `json:"intervalSeconds"`
	TimeoutSeconds  seconds `json:"timeoutSeconds"`
	Failures        int     `json:"failures"`
	StartSeconds    seconds `json:"startSeconds"`
	Checks          []check `json:"checks"`
}

// reload says how the daemon takes a changed configuration; exactly one field is set.
type reload struct {
	Signal  signalName `json:"signal"`
	Command []string   `json:"command"`
	Restart bool       `json:"restart"`
}

// seconds is a time span, written as a number of seconds.
type seconds float64

func (s seconds) duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// signalName is a signal by its name, with or without SIG.
type signalName string

func (s signalName) number() syscall.Signal {
	return unix.SignalNum("SIG" + strings.TrimPrefix(string(s), "SIG"))
}

const (
	defaultInterval = 2 * time.Second
	defaultTimeout  = 3 * time.Second
)

func (c *config) stopSignal() syscall.Signal {
	if c.StopSignal == "" {
		return unix.SIGTERM
	}
	return c.StopSignal.number()
}

func (c *config) stopAfter() time.Duration {
	if c.StopSeconds == nil {
		return 10 * time.Second
	}
	return c.StopSeconds.duration()
}

// parseConfig reads keeper.json. Its errors are sentences for the operator.
func parseConfig(text []byte) (*config, error) {
	var c config
	if err := strict(text, &c); err != nil {
		return nil, fmt.Errorf("keeper.json: %w", err)
	}
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("keeper.json: %w", err)
	}
	return &c, nil
}

// strict decodes one JSON value and refuses unknown fields, wrong types and anything after it.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return plainJSON(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the end of the value; remove it")
	}
	return nil
}

func plainJSON(err error) error {
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType) && wrongType.Field == "":
		return fmt.Errorf("a value is a JSON %s where %s is wanted", wrongType.Value, kindWord(wrongType.Type.Kind().String()))
	case errors.As(err, &wrongType):
		return fmt.Errorf("%q is a JSON %s where %s is wanted", wrongType.Field, wrongType.Value, kindWord(wrongType.Type.Kind().String()))
	case errors.As(err, &syntax):
		return fmt.Errorf("this is not JSON (%v at byte %d)", syntax, syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON text ends too early")
	}
	if name, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		return fmt.Errorf("the field %s is not known; correct its spelling or remove it", name)
	}
	return err
}

func kindWord(kind string) string {
	switch kind {
	case "float64", "int":
		return "a number"
	case "bool":
		return "true or false"
	case "slice":
		return "a list"
	case "struct", "map":
		return "an object"
	}
	return "a string"
}

func (c *config) validate() error {
	if c.Command != nil && c.Job != nil {
		return errors.New(`both "command" and "job" are given; give one of them`)
	}
	if c.Command != nil && len(c.Command) == 0 {
		return errors.New(`"command" is empty; name a program, or leave it out to hold the container`)
	}
	if c.Job != nil {
		if len(c.Job.Command) == 0 || c.Job.EverySeconds <= 0 || c.Job.RetrySeconds <= 0 {
			return errors.New(`"job" needs a "command", and "everySeconds" and "retrySeconds" above 0`)
		}
		if c.Probe != nil {
			return errors.New(`a "job" has no "probe": its health is the result of its last run`)
		}
	}
	for what, commands := range map[string][][]string{"prepare": c.Prepare, "check": c.Check} {
		for _, command := range commands {
			if len(command) == 0 {
				return fmt.Errorf("%q has an empty command", what)
			}
		}
	}
	if c.Probe != nil {
		p := c.Probe
		if p.IntervalSeconds <= 0 || p.TimeoutSeconds <= 0 || p.Failures < 1 || p.StartSeconds < 0 || len(p.Checks) == 0 {
			return errors.New(`"probe" needs "intervalSeconds" and "timeoutSeconds" above 0, "failures" of 1 or more, "startSeconds" and at least one check`)
		}
	}
	if c.StopSeconds != nil && *c.StopSeconds < 0 {
		return errors.New(`"stopSeconds" is below 0`)
	}
	if c.StopSignal != "" && c.StopSignal.number() == 0 {
		return fmt.Errorf("the signal %q is not known; use a name such as TERM or QUIT", string(c.StopSignal))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf(`"listen" is %q where host:port is wanted`, c.Listen)
	}
	for _, one := range c.Gauges {
		if err := one.validate(); err != nil {
			return err
		}
	}
	return c.compileQuiet()
}

func (c *config) compileQuiet() error {
	for _, text := range c.Quiet {
		if text == "" {
			return errors.New(`"quiet" has an empty expression, which every line matches; remove it`)
		}
		expression, err := regexp.Compile(text)
		if err != nil {
			return fmt.Errorf(`"quiet" has %q, which is no regular expression (%w); correct or remove it`, text, err)
		}
		c.quiet = append(c.quiet, expression)
	}
	return nil
}

func (r *reload) UnmarshalJSON(text []byte) error {
	type plain reload
	if err := strict(text, (*plain)(r)); err != nil {
		return fmt.Errorf(`in "reload": %w`, err)
	}
	given := 0
	for _, set := range []bool{r.Signal != "", len(r.Command) > 0, r.Restart} {
		if set {
			given++
		}
	}
	if given != 1 {
		return errors.New(`"reload" needs exactly one of "signal", "command" and "restart": true`)
	}
	if r.Signal != "" && r.Signal.number() == 0 {
		return fmt.Errorf("the signal %q is not known; use a name such as HUP", string(r.Signal))
	}
	return nil
}

// sameProcess says whether a daemon started by one configuration can go on under the other after a reload.
func (c *config) sameProcess(other *config) bool {
	same := func(a, b any) bool {
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		return bytes.Equal(x, y)
	}
	return c.Job == nil && other.Job == nil && same(c.Command, other.Command) &&
		same(c.Prepare, other.Prepare) && same(c.Environment, other.Environment)
}
