package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// exitStranded is the exit code when a required address is gone: EX_TEMPFAIL of sysexits.h.
const exitStranded = 75

// keeper is all that one container's first process knows.
type keeper struct {
	paths  paths
	procs  *procs
	log    *logger
	state  *stateKeeper
	server *server

	offers   chan *candidate // checked configurations, ready to be taken
	watched  chan struct{}   // content outside the release changed, or HUP came
	stranded chan struct{}   // a required address is gone

	mu       sync.Mutex
	current  *candidate // laid at paths.conf
	previous *candidate // proven, laid at paths.conf + ".last"

	trial    *trial
	backoff  time.Duration
	patience int // see nextPatience
}

func run(where paths) int {
	log := newLogger(os.Stdout)
	defer log.flush()
	k := &keeper{
		paths:    where,
		procs:    newProcs(),
		log:      log,
		state:    newStateKeeper(where.state, log),
		offers:   make(chan *candidate),
		watched:  make(chan struct{}, 1),
		stranded: make(chan struct{}),
	}
	k.server = newServer(log, k.page)
	return k.run()
}

func (k *keeper) run() int {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // nothing new as PID 1, needed elsewhere
	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	go k.procs.reap(children)
	// A caught SIGPIPE does nothing here, and unlike an ignored one it is back to normal in the daemon.
	signal.Notify(make(chan os.Signal, 1), unix.SIGPIPE)
	again := make(chan os.Signal, 1)
	signal.Notify(again, unix.SIGHUP)
	ctx, cancel := signal.NotifyContext(context.Background(), unix.SIGTERM, unix.SIGINT)
	defer cancel()

	written := make(chan struct{})
	finished := make(chan struct{})
	go func() { k.state.writeUntil(finished); close(written) }()
	go k.watchRelease(ctx)
	go k.watchContent(ctx, again)
	go k.watchAddresses(ctx)
	code := k.supervise(ctx)
	close(finished)
	<-written
	return code
}

// config is the configuration in use; nil before the first.
func (k *keeper) config() *config {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == nil {
		return nil
	}
	return k.current.config
}

// environment is that of the daemon in use.
func (k *keeper) environment() []string {
	if c := k.config(); c != nil {
		return c.environment()
	}
	return os.Environ()
}
