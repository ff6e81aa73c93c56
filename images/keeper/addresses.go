package main

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// missingAddress names the first address that is on no interface.
func missingAddress(wanted []netip.Addr) (netip.Addr, bool) {
	present, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Addr{}, false // not knowing is no reason to end
	}
	have := map[netip.Addr]bool{}
	for _, one := range present {
		if network, ok := one.(*net.IPNet); ok {
			if address, ok := netip.AddrFromSlice(network.IP); ok {
				have[address.Unmap()] = true
			}
		}
	}
	for _, address := range wanted {
		if !have[address.Unmap()] {
			return address, true
		}
	}
	return netip.Addr{}, false
}

// watchAddresses reports an address that has been missing for a while. A container that shares another's network keeps the old,
// dead network when the other is started anew; only a start of its own brings it into the new one.
func (k *keeper) watchAddresses(ctx context.Context) {
	var since time.Time
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		c := k.config()
		if c == nil || len(c.RequireAddresses) == 0 {
			since = time.Time{}
			continue
		}
		address, missing := missingAddress(c.RequireAddresses)
		switch {
		case !missing:
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case time.Since(since) >= 2900*time.Millisecond:
			k.state.fail("the address %s is on no interface any more; ending, so that the container is started in the right network", address)
			select {
			case k.stranded <- struct{}{}:
			case <-ctx.Done():
			}
			return
		}
	}
}
