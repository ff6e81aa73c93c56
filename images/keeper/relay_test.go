package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// output counts what is written to it, and holds writers up while it is locked.
type output struct {
	sync.Mutex
	writes int
	bytes.Buffer
}

func (o *output) Write(block []byte) (int, error) {
	o.Lock()
	defer o.Unlock()
	o.writes++
	return o.Buffer.Write(block)
}

func TestLinesOfAMomentAreWrittenTogether(t *testing.T) {
	out := &output{}
	log := newLogger(out)
	var wanted strings.Builder
	for number := range 500 {
		line := fmt.Sprintf("line %d", number)
		log.relay([]byte(line))
		wanted.WriteString(line + "\n")
	}
	log.relay(nil)
	log.flush()
	if out.String() != wanted.String() {
		t.Errorf("lines are missing or mixed: %d bytes of %d", out.Len(), wanted.Len())
	}
	if out.writes > 5 {
		t.Errorf("500 lines took %d writes", out.writes)
	}
}

func TestABlockedOutputHoldsTheDaemonBackForAWhile(t *testing.T) {
	out := &output{}
	log := newPatientLogger(out, time.Hour)
	out.Lock()
	relayed := relayKiBs(log, 200)
	last := -1
	for blocked := false; !blocked; {
		select {
		case number, open := <-relayed:
			if !open {
				t.Fatal("nothing held the daemon back")
			}
			last = number
		case <-time.After(5 * linger):
			blocked = true
		}
	}
	if kib := last + 1; kib < pendingLimit>>10 || kib > 2*pendingLimit>>10+1 {
		t.Errorf("it was held back after %d KiB", kib)
	}
	out.Unlock()
	for range relayed {
	}
	log.flush()
	if out.Len() != 200*1024 {
		t.Errorf("%d bytes came through", out.Len())
	}
}

func TestAnOutputThatNobodyTakesStopsNobody(t *testing.T) {
	out := &output{}
	log := newPatientLogger(out, 2*linger)
	out.Lock()
	for range relayKiBs(log, 500) {
	}
	out.Unlock()
	for deadline := time.Now().Add(5 * time.Second); log.isDeaf() && time.Now().Before(deadline); {
		time.Sleep(linger)
	}
	log.relay([]byte("heard again"))
	log.flush()
	text := out.String()
	taken := strings.Count(text, "x\n")
	if kib := pendingLimit >> 10; taken < kib || taken > 2*kib+1 {
		t.Errorf("%d KiB were kept", taken)
	}
	missing := fmt.Sprintf("keeper: %d lines are missing here: nobody has taken the log for ", 500-taken)
	if notice := strings.Index(text, missing); notice < strings.LastIndex(text, "x\n") {
		t.Errorf("what is missing is not told at its place: %q", text[len(text)-200:])
	}
	if !strings.HasSuffix(text, "s\nheard again\n") {
		t.Errorf("it goes on with %q", text[len(text)-200:])
	}
}

func (l *logger) isDeaf() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.deaf
}

// relayKiBs relays lines of 1 KiB each, and tells the number of each that was taken or dropped.
func relayKiBs(log *logger, count int) <-chan int {
	relayed := make(chan int)
	go func() {
		defer close(relayed)
		for number := range count {
			log.relay([]byte(strings.Repeat("x", 1023)))
			relayed <- number
		}
	}()
	return relayed
}
