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

// logger writes whole lines to one output. A blocked output holds the daemon back, as it would without a keeper, but never
// the keeper itself.
type logger struct {
	lines   chan []byte
	relayed atomic.Int64
	idle    chan struct{}
}

func newLogger(out io.Writer) *logger {
	l := &logger{lines: make(chan []byte, 64), idle: make(chan struct{})}
	go l.write(out)
	return l
}

// write joins what is waiting into one system call.
func (l *logger) write(out io.Writer) {
	defer close(l.idle)
	buffer := make([]byte, 0, 4*longestLine)
	for line := range l.lines {
		buffer = append(buffer[:0], line...)
		for more := true; more && len(buffer) < 2*longestLine; {
			select {
			case next, open := <-l.lines:
				more = open
				buffer = append(buffer, next...)
			default:
				more = false
			}
		}
		_, _ = out.Write(buffer) // a closed output is no reason to stop serving mail
	}
}

// say logs a sentence of the keeper's own.
func (l *logger) say(format string, values ...any) {
	line := []byte("keeper: " + fmt.Sprintf(format, values...) + "\n")
	select {
	case l.lines <- line:
	default: // the output is blocked
	}
}

// flush ends the logger and waits a moment for what is left to be written.
func (l *logger) flush() {
	close(l.lines)
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

// relay passes a line of a daemon on and waits while the output is blocked.
func (l *logger) relay(line []byte) {
	defer func() { _ = recover() }() // the logger was ended while an orphan still wrote
	if line == nil {
		return
	}
	l.relayed.Add(1)
	l.lines <- append(append(make([]byte, 0, len(line)+1), line...), '\n')
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

func readLines(from *os.File, take func(line []byte)) {
	defer from.Close()
	reader := bufio.NewReaderSize(from, longestLine)
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
