package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// longestLine is where a line of a daemon is cut, in bytes.
const longestLine = 8 << 10

const (
	// linger is how long lines wait for others. Each write wakes the container's log shipper, which takes longer than the write.
	linger = 50 * time.Millisecond
	// pendingLimit is how many bytes may wait for the output.
	pendingLimit = 64 << 10
	// hearing is how long one write may take before nobody waits for it any more.
	hearing = 5 * time.Second
)

// logger writes whole lines to one output, those of a moment together. A blocked output holds the daemon back for a while, as
// it would without a keeper, but never the keeper itself. When nobody takes the log for longer, such as while Docker is away,
// lines are dropped and counted: a log is no reason to stop serving mail.
type logger struct {
	mu      sync.Mutex
	room    *sync.Cond // pending was taken, or nobody waits for that
	pending []byte
	ending  bool
	deaf    bool // the output takes nothing
	dropped int  // lines, since it was deaf last

	relayed atomic.Int64
	wake    chan struct{} // pending is no longer empty
	end     chan struct{} // nothing more will come
	idle    chan struct{} // all is written
}

func newLogger(out io.Writer) *logger { return newPatientLogger(out, hearing) }

func newPatientLogger(out io.Writer, patience time.Duration) *logger {
	l := &logger{wake: make(chan struct{}, 1), end: make(chan struct{}), idle: make(chan struct{})}
	l.room = sync.NewCond(&l.mu)
	go l.write(out, patience)
	return l
}

func (l *logger) write(out io.Writer, patience time.Duration) {
	defer close(l.idle)
	var block []byte
	for ending := false; !ending; {
		select {
		case <-l.wake:
			select {
			case <-time.After(linger):
			case <-l.end:
			}
		case <-l.end:
		}
		l.mu.Lock()
		block, l.pending = l.pending, block[:0]
		ending = l.ending
		l.room.Broadcast()
		l.mu.Unlock()
		if len(block) > 0 {
			begin := time.Now()
			impatience := time.AfterFunc(patience, l.deafen)
			_, _ = out.Write(block) // a closed output is no reason to stop serving mail
			impatience.Stop()
			l.hear(time.Since(begin))
		}
		if cap(block) > longestLine && len(block) < cap(block)/8 {
			block = nil // a busy time is over
		}
	}
}

// deafen ends all waiting for an output that takes nothing.
func (l *logger) deafen() {
	l.mu.Lock()
	l.deaf = true
	l.room.Broadcast()
	l.mu.Unlock()
}

// hear says how much is missing, where the output was deaf until now. What waits is older than what was dropped.
func (l *logger) hear(after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dropped > 0 {
		l.pending = fmt.Appendf(l.pending, "keeper: %d lines are missing here: nobody has taken the log for %s\n", l.dropped, after.Round(time.Second))
	}
	l.deaf, l.dropped = false, 0
	if len(l.pending) > 0 {
		l.rouse()
	}
}

// rouse has what is pending written.
func (l *logger) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// add takes a line to be written. When there is no room for it, it is dropped, or waited for.
func (l *logger) add(line []byte, wait bool) {
	l.mu.Lock()
	for wait && len(l.pending) >= pendingLimit && !l.ending && !l.deaf {
		l.room.Wait()
	}
	taken := len(l.pending) < pendingLimit && !l.ending
	if taken {
		l.pending = append(append(l.pending, line...), '\n')
	} else if !l.ending {
		l.dropped++
	}
	l.mu.Unlock()
	if taken {
		l.rouse()
	}
}

// say logs a sentence of the keeper's own.
func (l *logger) say(format string, values ...any) {
	l.add([]byte("keeper: "+fmt.Sprintf(format, values...)), false)
}

// relay passes a line of a daemon on and waits a while where the output is blocked. Nil, the end of all lines, is none.
func (l *logger) relay(line []byte) {
	if line == nil {
		return
	}
	l.relayed.Add(1)
	l.add(line, true)
}

// flush ends the logger and waits a moment for what is left to be written. What an orphan still writes is dropped.
func (l *logger) flush() {
	l.mu.Lock()
	l.ending = true
	l.room.Broadcast()
	l.mu.Unlock()
	close(l.end)
	select {
	case <-l.idle:
	case <-time.After(time.Second):
	}
}

// pipeLines makes a pipe for a command's output and takes its lines until every writer is gone; then it takes nil.
func pipeLines(take func(line []byte)) (output int, err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return -1, fmt.Errorf("cannot make a pipe: %w", err)
	}
	// A daemon that has changed its user opens /dev/stdout again.
	_ = unix.Fchmod(ends[1], 0o666)
	_ = unix.SetNonblock(ends[0], true)
	go readLines(os.NewFile(uintptr(ends[0]), "log"), take)
	return ends[1], nil
}

// lastWords passes lines on and keeps the last one, which often says why a daemon ended. A line that is noise is neither.
type lastWords struct {
	log   *logger
	noise func(line []byte) bool
	mu    sync.Mutex
	line  []byte
	over  chan struct{}
}

func newLastWords(log *logger, noise func(line []byte) bool) *lastWords {
	return &lastWords{log: log, noise: noise, over: make(chan struct{})}
}

// noise says whether the configuration in use wants to hear nothing of a line.
func (k *keeper) noise(line []byte) bool {
	c := k.config()
	return c != nil && slices.ContainsFunc(c.quiet, func(one *regexp.Regexp) bool { return one.Match(line) })
}

func (w *lastWords) take(line []byte) {
	if line == nil {
		close(w.over)
		return
	}
	if w.noise(line) {
		return
	}
	if len(line) > 0 {
		w.mu.Lock()
		w.line = append(w.line[:0], wholeRunes(line[:min(len(line), 300)])...)
		w.mu.Unlock()
	}
	w.log.relay(line)
}

// String waits a moment for lines still on their way, and starts with a colon when there is a line at all.
func (w *lastWords) String() string {
	select {
	case <-w.over:
	case <-time.After(100 * time.Millisecond):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return colon(string(w.line))
}

// readLines takes lines until their end. What comes without a pause is read some at a time.
func readLines(from *os.File, take func(line []byte)) {
	defer from.Close()
	reader := bufio.NewReaderSize(&unhurried{from: from}, longestLine)
	for {
		line, err := reader.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			cut := append(append([]byte(nil), wholeRunes(line)...), " … (line cut)"...)
			take(cut)
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = reader.ReadSlice('\n')
			}
		case err == nil || len(line) > 0:
			take(trimLine(line))
		}
		if err != nil {
			take(nil)
			return
		}
	}
}

// unhurried reads no more often than lines are written, as soon as one thing follows upon another.
type unhurried struct {
	from *os.File
	last time.Time
	busy bool
}

func (u *unhurried) Read(into []byte) (int, error) {
	if u.busy {
		time.Sleep(linger)
	}
	count, err := u.from.Read(into)
	now := time.Now()
	u.busy = count < len(into) && now.Sub(u.last) < 2*linger
	u.last = now
	return count, err
}

// trimLine takes the end of the line off. An empty line is empty, never nil.
func trimLine(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}

// wholeRunes drops the first bytes of a character that was cut in the middle.
func wholeRunes(line []byte) []byte {
	for back := 1; back <= utf8.UTFMax && back <= len(line); back++ {
		if start := len(line) - back; utf8.RuneStart(line[start]) {
			if !utf8.FullRune(line[start:]) {
				return line[:start]
			}
			break
		}
	}
	return line
}
