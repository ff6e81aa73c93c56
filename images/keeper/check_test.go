package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// aside is a keeper that only runs checks. It collects its own children alone: the others are the keepers of other tests.
var aside = sync.OnceValue(func() *keeper {
	k := &keeper{procs: newProcs(), log: newLogger(io.Discard)}
	go func() {
		for ; ; time.Sleep(5 * time.Millisecond) {
			k.procs.mu.Lock()
			pids := slices.Collect(maps.Keys(k.procs.started))
			k.procs.mu.Unlock()
			for _, pid := range pids {
				var status syscall.WaitStatus
				if got, _ := syscall.Wait4(pid, &status, syscall.WNOHANG, nil); got == pid {
					k.procs.ended(pid, status)
				}
			}
		}
	}()
	return k
})

// ask asks one check, given as JSON, and returns the message of its failure, or nothing.
func ask(t *testing.T, limit time.Duration, text string) string {
	t.Helper()
	var c check
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	result := aside().askOne(context.Background(), c, limit)
	if took := time.Since(begun); took > limit+500*time.Millisecond {
		t.Errorf("it took %s", took)
	}
	return result.Message
}

// serving answers each connection and returns the address.
func serving(t *testing.T, network, address string, answer func(net.Conn)) string {
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { defer connection.Close(); answer(connection) }()
		}
	}()
	return listener.Addr().String()
}

// smtp answers like a mail server. It fails a client that sends before the whole reply was read.
func smtp(connection net.Conn, secure *tls.Config) {
	io.WriteString(connection, "220 mail ESMTP\r\n")
	lines := bufio.NewReader(connection)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		switch strings.Fields(line)[0] {
		case "EHLO":
			io.WriteString(connection, "250-mail\r\n250-PIPELINING\r\n250 STARTTLS\r\n")
		case "STARTTLS":
			io.WriteString(connection, "220 go\r\n")
			connection = tls.Server(connection, secure)
			lines = bufio.NewReader(connection)
		case "QUIT":
			io.WriteString(connection, "221 bye\r\n")
			return
		default:
			io.WriteString(connection, "502 what\r\n")
		}
	}
}

func selfSigned(t *testing.T) *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func TestDialog(t *testing.T) {
	secure := selfSigned(t)
	plain := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) { smtp(c, secure) })
	wrapped := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) { smtp(tls.Server(c, secure), secure) })
	socket := filepath.Join(t.TempDir(), "s")
	serving(t, "unix", socket, func(c net.Conn) { smtp(c, secure) })
	proxied := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
		header := make([]byte, 16)
		if _, err := io.ReadFull(c, header); err == nil && string(header) == "\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a\x20\x00\x00\x00" {
			smtp(c, secure)
		}
	})
	mute := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) { time.Sleep(2 * time.Second) })
	dialog := func(address, more, steps string) string {
		return ask(t, 400*time.Millisecond, `{"kind":"dialog","name":"x","address":"`+address+`"`+more+`,"steps":[`+steps+`]}`)
	}
	session := `{"expect":"^220 "},{"send":"EHLO x"},{"expect":"^250"},{"send":"QUIT\r\n"},{"expect":"^221"}`
	for what, message := range map[string]string{
		"plain":    dialog(plain, "", session),
		"unix":     dialog("unix:"+socket, "", session),
		"tls":      dialog(wrapped, `,"tls":true`, session),
		"proxy":    dialog(proxied, `,"proxy":true`, session),
		"starttls": dialog(plain, "", `{"expect":"^220"},{"send":"STARTTLS"},{"expect":"^220"},{"tls":true},{"send":"EHLO x"},{"expect":"^250 STARTTLS"}`),
		"skip":     dialog(plain, "", `{"send":"EHLO x"},{"expect":"^250 ","skip":"^220"}`),
	} {
		if message != "" {
			t.Errorf("%s: %s", what, message)
		}
	}
	contains(t, dialog(plain, "", `{"expect":"^220"},{"send":"NOOP"},{"expect":"^250"}`), `"502 what" instead of ^250 after "NOOP"`)
	contains(t, dialog(mute, "", `{"expect":"^220"}`), "no answer in time while waiting for a line")
	contains(t, dialog("127.0.0.1:1", "", session), "connection refused while connecting to 127.0.0.1:1")
	contains(t, dialog("unix:/nowhere", "", session), "no such file or directory")
}

func TestHTTPCheck(t *testing.T) {
	web := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
		line, _ := bufio.NewReader(c).ReadString('\n')
		if strings.HasPrefix(line, "GET /yes?a=b HTTP/1.1") {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		} else {
			io.WriteString(c, "HTTP/1.1 503 No\r\n\r\n")
		}
	})
	query := func(path string) string {
		return ask(t, time.Second, `{"kind":"http","name":"x","url":"http://`+web+path+`","status":200}`)
	}
	if message := query("/yes?a=b"); message != "" {
		t.Error(message)
	}
	contains(t, query("/no"), "status 503 instead of 200")
}

func TestMilterCheck(t *testing.T) {
	good := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) {
		packet := make([]byte, 17)
		if _, err := io.ReadFull(c, packet); err == nil && packet[4] == 'O' && binary.BigEndian.Uint32(packet) == 13 {
			c.Write(packet)
			io.ReadFull(c, packet[:5])
		}
	})
	bad := serving(t, "tcp", "127.0.0.1:0", func(c net.Conn) { io.WriteString(c, "220 I am no milter\r\n") })
	if message := ask(t, time.Second, `{"kind":"milter","name":"x","address":"`+good+`"}`); message != "" {
		t.Error(message)
	}
	contains(t, ask(t, time.Second, `{"kind":"milter","name":"x","address":"`+bad+`"}`), "the answer to the milter options")
}

func TestDNSCheck(t *testing.T) {
	server := func(code byte, lose int) string {
		connection, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { connection.Close() })
		go func() {
			packet := make([]byte, 512)
			for {
				n, peer, err := connection.ReadFrom(packet)
				if err != nil {
					return
				}
				if lose--; lose >= 0 {
					continue
				}
				packet[2] |= 0x80
				packet[3] = code
				connection.WriteTo(packet[:n], peer)
			}
		}()
		return connection.LocalAddr().String()
	}
	query := func(address string) string {
		return ask(t, 2500*time.Millisecond, `{"kind":"dns","name":"x","address":"`+address+`","question":"home.test","type":"SOA"}`)
	}
	for what, address := range map[string]string{"noerror": server(0, 0), "nxdomain": server(3, 0), "one lost": server(0, 1)} {
		if message := query(address); message != "" {
			t.Errorf("%s: %s", what, message)
		}
	}
	contains(t, query(server(2, 0)), "SERVFAIL for home.test SOA")
	contains(t, query(server(5, 0)), "REFUSED")
	contains(t, query(server(0, 100)), "no answer in time")
}

func TestExecCheck(t *testing.T) {
	if message := ask(t, time.Second, `{"kind":"exec","name":"x","command":["true"]}`); message != "" {
		t.Error(message)
	}
	contains(t, ask(t, time.Second, `{"kind":"exec","name":"x","command":["sh","-c","echo it is broken; exit 4"]}`), "exit status 4: it is broken")
	contains(t, ask(t, 300*time.Millisecond, `{"kind":"exec","name":"x","command":["sh","-c","echo slow; sleep 30 & sleep 30"]}`), "took longer than")
	contains(t, ask(t, time.Second, `{"kind":"exec","name":"x","command":["no-such-program"]}`), "is not in this image")
}
