package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
)

// dialogCheck speaks a line protocol such as SMTP, IMAP or LMTP.
type dialogCheck struct {
	heading
	Address string       `json:"address"`
	Proxy   bool         `json:"proxy"`
	TLS     bool         `json:"tls"`
	Steps   []dialogStep `json:"steps"`
}

// dialogStep is one of: send a line, expect a line, go over to TLS (after STARTTLS was answered).
type dialogStep struct {
	Send   *string `json:"send"`
	Expect *string `json:"expect"`
	Skip   *string `json:"skip"`
	TLS    bool    `json:"tls"`

	expect, skip *regexp.Regexp
}

// proxyLocal is a PROXY protocol version 2 header with the command LOCAL: the proxy's own health check, no client.
const proxyLocal = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"

// continued is a line of an SMTP reply that is not its last, RFC 5321 section 4.2.1.
var continued = regexp.MustCompile(`^[0-9]{3}-`)

func (d *dialogCheck) validate() error {
	for i := range d.Steps {
		if err := d.Steps[i].compile(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return validAddress(d.Address)
}

func (s *dialogStep) compile() (err error) {
	given := 0
	for _, set := range []bool{s.Send != nil, s.Expect != nil, s.TLS} {
		if set {
			given++
		}
	}
	if given != 1 || s.Skip != nil && s.Expect == nil {
		return errors.New(`a step is one of {"send"}, {"expect", "skip"?} and {"tls": true}`)
	}
	if s.Expect != nil {
		if s.expect, err = regexp.Compile(*s.Expect); err != nil {
			return fmt.Errorf(`"expect" is no regular expression: %w`, err)
		}
	}
	if s.Skip != nil {
		if s.skip, err = regexp.Compile(*s.Skip); err != nil {
			return fmt.Errorf(`"skip" is no regular expression: %w`, err)
		}
	}
	return nil
}

func (d *dialogCheck) ask(ctx context.Context, _ *keeper) error {
	raw, err := dial(ctx, d.Address)
	if err != nil {
		return err
	}
	defer raw.Close()
	if d.Proxy {
		if _, err := raw.Write([]byte(proxyLocal)); err != nil {
			return plainNetwork(err, "sending the PROXY header")
		}
	}
	talk := &conversation{connection: raw, reader: bufio.NewReaderSize(raw, 2048)}
	if d.TLS {
		if err := talk.startTLS(ctx); err != nil {
			return err
		}
	}
	for _, step := range d.Steps {
		if err := talk.step(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

type conversation struct {
	connection net.Conn
	reader     *bufio.Reader
	sent       string // the last line sent, for messages
	unfinished bool   // the last line that matched was not the last of its reply
}

func (c *conversation) step(ctx context.Context, step dialogStep) error {
	switch {
	case step.TLS:
		if err := c.finishReply(); err != nil {
			return err
		}
		return c.startTLS(ctx)
	case step.Send != nil:
		if err := c.finishReply(); err != nil {
			return err
		}
		return c.send(*step.Send)
	}
	return c.expect(step)
}

// startTLS does not verify: the question is whether the service answers, and its name is not the address asked.
func (c *conversation) startTLS(ctx context.Context) error {
	secure := tls.Client(c.connection, &tls.Config{InsecureSkipVerify: true})
	if err := secure.HandshakeContext(ctx); err != nil {
		return plainNetwork(err, "starting TLS")
	}
	c.connection, c.reader = secure, bufio.NewReaderSize(secure, 2048)
	return nil
}

func (c *conversation) send(line string) error {
	if !strings.HasSuffix(line, "\n") {
		line += "\r\n"
	}
	c.sent = strings.TrimSpace(line)
	if _, err := c.connection.Write([]byte(line)); err != nil {
		return plainNetwork(err, fmt.Sprintf("sending %q", c.sent))
	}
	return nil
}

// expect reads on to a line that matches. Lines matching `skip` are passed over, and so are lines that are not the last of their SMTP reply.
func (c *conversation) expect(step dialogStep) error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		switch {
		case step.expect.MatchString(line):
			c.unfinished = continued.MatchString(line)
			return nil
		case step.skip != nil && step.skip.MatchString(line), continued.MatchString(line):
		default:
			return fmt.Errorf("%q instead of %s%s", line, step.expect, c.after())
		}
	}
}

// finishReply reads what is left of a reply of several lines, so that the next answer is not taken for it.
func (c *conversation) finishReply() error {
	for c.unfinished {
		line, err := c.line()
		if err != nil {
			return err
		}
		c.unfinished = continued.MatchString(line)
	}
	return nil
}

func (c *conversation) line() (string, error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		return "", plainNetwork(err, "waiting for a line"+c.after())
	}
	return string(trimLine(line)), nil
}

func (c *conversation) after() string {
	if c.sent == "" {
		return ""
	}
	return fmt.Sprintf(" after %q", c.sent)
}
