package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// httpCheck asks for a page and looks at the status code alone. It follows no redirection, and no proxy of the environment.
type httpCheck struct {
	heading
	URL    string `json:"url"`
	Status int    `json:"status"`

	address, host, path string
	secure              bool
}

func (h *httpCheck) validate() error {
	where, err := url.Parse(h.URL)
	if err != nil || where.Scheme != "http" && where.Scheme != "https" || where.Hostname() == "" {
		return fmt.Errorf(`"url" is %q where http://host:port/path is wanted`, h.URL)
	}
	if h.Status < 100 || h.Status > 599 {
		return fmt.Errorf(`"status" is %d where a status code such as 200 is wanted`, h.Status)
	}
	h.secure, h.host, h.path = where.Scheme == "https", where.Host, where.RequestURI()
	port := where.Port()
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[h.secure]
	}
	h.address = net.JoinHostPort(where.Hostname(), port)
	return nil
}

func (h *httpCheck) ask(ctx context.Context, _ *keeper) error {
	connection, err := dial(ctx, h.address)
	if err != nil {
		return err
	}
	defer connection.Close()
	if h.secure {
		secure := tls.Client(connection, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
		if err := secure.HandshakeContext(ctx); err != nil {
			return plainNetwork(err, "starting TLS")
		}
		connection = secure
	}
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: keeper\r\nConnection: close\r\n\r\n", h.path, h.host)
	if _, err := io.WriteString(connection, request); err != nil {
		return plainNetwork(err, "asking for "+h.URL)
	}
	reader := bufio.NewReaderSize(connection, 1024)
	line, err := reader.ReadString('\n')
	if err != nil {
		return plainNetwork(err, "waiting for "+h.URL)
	}
	words := strings.Fields(line)
	if len(words) < 2 || !strings.HasPrefix(words[0], "HTTP/") {
		return fmt.Errorf("%q is not an HTTP answer", strings.TrimSpace(line))
	}
	if words[1] != strconv.Itoa(h.Status) {
		return fmt.Errorf("status %s instead of %d from %s", words[1], h.Status, h.URL)
	}
	_, _ = io.CopyN(io.Discard, reader, 64<<10) // so that the service does not log a broken connection
	return nil
}
