// Command keeper is the first process of every mailkeep container. It lays out the configuration, starts the daemon,
// asks the daemon's service every few seconds, reloads it when its configuration changed, ends it when it hangs, passes
// its log on, and says how things are in a file and over HTTP.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// version is the project's; a build may set a closer one: -ldflags "-X main.version=…".
var version = "0.1.0"

const usage = `usage: keeper run      run as the first process of a container
       keeper healthy  exit 0 when the state file says healthy and is fresh
       keeper state    print the state file
       keeper verify   read a keeper.json from standard input and say whether it would be taken
       keeper version  print the version
`

func main() {
	verb := "run"
	if len(os.Args) > 1 {
		verb = os.Args[1]
	}
	paths := pathsFromEnvironment()
	switch verb {
	case "run":
		staySmall()
		os.Exit(run(paths))
	case "healthy":
		os.Exit(printHealthy(paths.state, os.Stdout))
	case "state":
		os.Exit(printState(paths.state, os.Stdout))
	case "verify":
		os.Exit(verify(os.Stdin, os.Stdout))
	case "version":
		fmt.Println(version)
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(64)
	}
}

// verify lets a configuration be checked where it is made. It returns the exit code.
func verify(from io.Reader, out io.Writer) int {
	text, err := io.ReadAll(from)
	if err == nil {
		_, err = parseConfig(text)
	}
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	return 0
}

// staySmall trades a little CPU, of which the keeper uses almost none, for memory, which every container pays.
func staySmall() {
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(25)
	debug.SetMemoryLimit(6 << 20)
	go giveBack(30 * time.Second)
}

// giveBack returns what is free to the system again and again. By itself the runtime keeps most of it, for a process that
// will soon need it again; here a few checks a second never do.
func giveBack(every time.Duration) {
	for range time.Tick(every) {
		debug.FreeOSMemory()
	}
}

// paths are the fixed places in a container; the tests move them.
type paths struct {
	release string // folder with the releases and the link `current`
	conf    string // where the applied configuration lies
	state   string // the state file
}

func pathsFromEnvironment() paths {
	or := func(name, fallback string) string {
		if value := os.Getenv(name); value != "" {
			return value
		}
		return fallback
	}
	return paths{
		release: or("KEEPER_RELEASE", "/release"),
		conf:    or("KEEPER_CONF", "/run/conf"),
		state:   or("KEEPER_STATE", "/var/lib/keeper/state.json"),
	}
}
