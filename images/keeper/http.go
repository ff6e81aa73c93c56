package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// server answers /ready, /state and /metrics. It speaks just enough HTTP for probes and scrapers, one request a connection: the
// standard library's server would cost more memory than the rest of the keeper.
type server struct {
	mu       sync.Mutex
	address  string
	listener net.Listener
	answer   func(path string) (status int, kind, body string)
	log      *logger
	busy     chan struct{} // bounds the connections
}

func newServer(log *logger, answer func(path string) (int, string, string)) *server {
	return &server{answer: answer, log: log, busy: make(chan struct{}, 16)}
}

// listen moves the server to an address. An address that cannot be had yet is tried every second, and is never a reason to end.
func (s *server) listen(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.address == address {
		return
	}
	s.address = address
	if s.listener != nil {
		s.listener.Close()
		s.listener = nil
	}
	go s.serve(address)
}

func (s *server) serve(address string) {
	for said := false; ; time.Sleep(time.Second) {
		s.mu.Lock()
		if s.address != address {
			s.mu.Unlock()
			return
		}
		listener, err := net.Listen("tcp", address)
		s.listener = listener
		s.mu.Unlock()
		if err == nil {
			s.accept(listener)
			continue
		}
		if !said {
			s.log.say("cannot listen on %s yet: %v; trying again every second", address, err)
			said = true
		}
	}
}

func (s *server) accept(listener net.Listener) {
	defer listener.Close()
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		s.busy <- struct{}{}
		go func() {
			defer func() { <-s.busy }()
			defer connection.Close()
			_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
			s.handle(connection)
		}()
	}
}

func (s *server) handle(connection net.Conn) {
	reader := bufio.NewReaderSize(io.LimitReader(connection, 16<<10), 1024)
	request, err := reader.ReadString('\n')
	if err != nil {
		return
	}
	for { // the header ends with an empty line
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	words := strings.Fields(request)
	status, kind, body := 400, "text/plain", "this is not a request\n"
	if len(words) == 3 {
		path, _, _ := strings.Cut(words[1], "?")
		status, kind, body = s.answer(path)
	}
	if len(words) > 0 && words[0] != "GET" && words[0] != "HEAD" {
		status, kind, body = 405, "text/plain", "only GET and HEAD are known here\n"
	}
	reasons := map[int]string{200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}
	fmt.Fprintf(connection, "HTTP/1.1 %d %s\r\nContent-Type: %s; charset=utf-8\r\nContent-Length: %d\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
		status, reasons[status], kind, len(body))
	if len(words) > 0 && words[0] != "HEAD" {
		_, _ = io.WriteString(connection, body)
	}
}

// page answers for one path.
func (k *keeper) page(path string) (status int, kind, body string) {
	now := k.state.read()
	switch path {
	case "/ready":
		if now.Ready {
			return 200, "text/plain", "ready\n"
		}
		return 503, "text/plain", fmt.Sprintf("%s, not ready%s\n", now.Status, because(now))
	case "/state":
		text, _ := json.MarshalIndent(now, "", " ")
		return 200, "application/json", string(text) + "\n"
	case "/metrics":
		return 200, "text/plain; version=0.0.4", k.metrics(now)
	}
	return 404, "text/plain", "known are /ready, /state and /metrics\n"
}
