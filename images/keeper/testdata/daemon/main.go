// Command daemon plays a daemon for the keeper's tests. Its configuration is a file of words, one a line.
//
//	listen <host:port>  answer there with "220 <greeting>" and then "250 ok" to every line
//	greeting <word>     the word in the greeting
//	invalid             the checker refuses this file
//	mute                the checker accepts it, but nothing is answered
//	slow <duration>     answer nothing for so long after the start
//	crash               end with exit status 3 at once
//	crash-on-reload     end with exit status 4 at HUP
//	ignore-term         TERM does nothing
//	flood <lines>       log this many lines at the start, and one of 100000 bytes
//	children <n>        start this many children, each with a child of its own in another session
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var words atomic.Pointer[map[string]string]

func read(path string) map[string]string {
	text, err := os.ReadFile(path)
	if err != nil {
		fmt.Println("cannot read", path)
		os.Exit(2)
	}
	found := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		key, value, _ := strings.Cut(line, " ")
		found[key] = value
	}
	return found
}

func has(name string) bool { _, ok := (*words.Load())[name]; return ok }

func load(path string) {
	found := read(path)
	words.Store(&found)
}

func main() {
	mode, path := os.Args[1], os.Args[2]
	if mode == "child" || mode == "grandchild" {
		if mode == "child" {
			grandchild := exec.Command(os.Args[0], "grandchild", path)
			grandchild.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			_ = grandchild.Start()
		}
		signal.Ignore(syscall.SIGTERM)
		time.Sleep(time.Hour)
		return
	}
	load(path)
	if mode == "check" {
		if has("invalid") {
			fmt.Println(path+":", "the word invalid is not allowed")
			os.Exit(1)
		}
		return
	}
	if has("crash") {
		fmt.Println("daemon cannot go on")
		os.Exit(3)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM)
	flood()
	children(path)
	if slow, err := time.ParseDuration((*words.Load())["slow"]); err == nil {
		time.Sleep(slow)
	}
	go serve((*words.Load())["listen"])
	fmt.Println("daemon is up")
	for got := range signals {
		switch {
		case got == syscall.SIGHUP:
			load(path)
			if has("crash-on-reload") {
				os.Exit(4)
			}
			fmt.Println("daemon reloaded")
		case !has("ignore-term"):
			fmt.Println("daemon stops")
			os.Exit(0)
		}
	}
}

func flood() {
	lines, _ := strconv.Atoi((*words.Load())["flood"])
	for i := range lines {
		fmt.Printf("flood %d\n", i)
	}
	if lines > 0 {
		fmt.Println(strings.Repeat("ä", 50000))
		fmt.Println("flood over")
	}
}

func children(path string) {
	count, _ := strconv.Atoi((*words.Load())["children"])
	for range count {
		_ = exec.Command(os.Args[0], "child", path).Start()
	}
}

func serve(address string) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Println(err)
		os.Exit(5)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go answer(connection)
	}
}

func answer(connection net.Conn) {
	defer connection.Close()
	if has("mute") {
		time.Sleep(time.Minute)
		return
	}
	fmt.Fprintf(connection, "220 %s\r\n", (*words.Load())["greeting"])
	lines := bufio.NewScanner(connection)
	for lines.Scan() {
		fmt.Fprint(connection, "250-first\r\n250-second\r\n250 ok\r\n")
	}
}
