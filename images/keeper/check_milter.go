package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// milterCheck does the first exchange of the milter protocol, option negotiation, and quits.
type milterCheck struct {
	heading
	Address string `json:"address"`
}

func (m *milterCheck) validate() error { return validAddress(m.Address) }

func (m *milterCheck) ask(ctx context.Context, _ *keeper) error {
	connection, err := dial(ctx, m.Address)
	if err != nil {
		return err
	}
	defer connection.Close()
	// SMFIC_OPTNEG: length, 'O', protocol version 6, all actions, all protocol steps.
	offer := []byte{0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff}
	if _, err := connection.Write(offer); err != nil {
		return plainNetwork(err, "offering milter options")
	}
	var head [5]byte
	if _, err := io.ReadFull(connection, head[:]); err != nil {
		return plainNetwork(err, "waiting for milter options")
	}
	length := binary.BigEndian.Uint32(head[:4])
	if head[4] != 'O' || length < 13 || length > 64<<10 {
		return fmt.Errorf("the answer to the milter options is command %q of %d bytes", head[4], length)
	}
	if _, err := io.CopyN(io.Discard, connection, int64(length)-1); err != nil {
		return plainNetwork(err, "reading milter options")
	}
	_, _ = connection.Write([]byte{0, 0, 0, 1, 'Q'})
	return nil
}
