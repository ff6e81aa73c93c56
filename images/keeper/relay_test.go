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

func TestABlockedOutputHoldsTheDaemonBackAndNotTheKeeper(t *testing.T) {
	out := &output{}
	log := newLogger(out)
	out.Lock()
	line := []byte(strings.Repeat("x", 1023))
	relayed := make(chan int)
	go func() {
		for number := range 200 {
			log.relay(line)
			relayed <- number
		}
		close(relayed)
	}()
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
	log.say("this is dropped")
	out.Unlock()
	for range relayed {
	}
	log.flush()
	if out.Len() != 200*1024 {
		t.Errorf("%d bytes came through", out.Len())
	}
}
