package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// dnsCheck asks a name server over UDP. Any answer but SERVFAIL and REFUSED counts: also "no such name" was worked out.
type dnsCheck struct {
	heading
	Address  string `json:"address"`
	Question string `json:"question"`
	Type     string `json:"type"`
}

// RFC 1035 section 3.2.2 and RFC 3596.
var dnsTypes = map[string]uint16{"A": 1, "NS": 2, "SOA": 6, "TXT": 16, "AAAA": 28}

var dnsCodes = map[byte]string{2: "SERVFAIL", 5: "REFUSED"}

func (d *dnsCheck) validate() error {
	if dnsTypes[d.Type] == 0 {
		return fmt.Errorf(`"type" is %q; known are A, AAAA, NS, SOA and TXT`, d.Type)
	}
	if _, err := dnsQuestion(0, d.Question, dnsTypes[d.Type]); err != nil {
		return err
	}
	if strings.HasPrefix(d.Address, "unix:") {
		return fmt.Errorf(`"address" is %q where host:port is wanted`, d.Address)
	}
	return validAddress(d.Address)
}

// dnsQuestion is a query with recursion desired, RFC 1035 section 4.1.
func dnsQuestion(id uint16, name string, kind uint16) ([]byte, error) {
	message := binary.BigEndian.AppendUint16(nil, id)
	message = append(message, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	if name = strings.TrimSuffix(name, "."); name != "" {
		for _, label := range strings.Split(name, ".") {
			if len(label) == 0 || len(label) > 63 {
				return nil, fmt.Errorf(`"question" is %q, which is no domain name`, name)
			}
			message = append(append(message, byte(len(label))), label...)
		}
	}
	message = append(message, 0)
	message = binary.BigEndian.AppendUint16(message, kind)
	return binary.BigEndian.AppendUint16(message, 1), nil
}

func (d *dnsCheck) ask(ctx context.Context, _ *keeper) error {
	connection, err := (&net.Dialer{}).DialContext(ctx, "udp", d.Address)
	if err != nil {
		return plainNetwork(err, "asking "+d.Address)
	}
	defer connection.Close()
	id := uint16(rand.Uint32())
	question, err := dnsQuestion(id, d.Question, dnsTypes[d.Type])
	if err != nil {
		return err
	}
	answer := make([]byte, 1500)
	limit, _ := ctx.Deadline()
	for { // a datagram may be lost, so the question is asked every second
		if _, err := connection.Write(question); err != nil {
			return plainNetwork(err, "asking "+d.Address)
		}
		_ = connection.SetReadDeadline(earlier(limit, time.Now().Add(time.Second)))
		n, err := connection.Read(answer)
		if err != nil && time.Now().Before(limit) && isTimeout(err) {
			continue
		}
		if err != nil {
			return plainNetwork(err, "waiting for "+d.Address)
		}
		if n < 12 || binary.BigEndian.Uint16(answer) != id || answer[2]&0x80 == 0 {
			continue
		}
		if word, bad := dnsCodes[answer[3]&0x0f]; bad {
			return fmt.Errorf("%s for %s %s", word, d.Question, d.Type)
		}
		return nil
	}
}

func earlier(a, b time.Time) time.Time {
	if !a.IsZero() && a.Before(b) {
		return a
	}
	return b
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}
