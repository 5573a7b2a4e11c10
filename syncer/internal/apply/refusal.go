package apply

import (
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// takeRefusal ends the writer at a change that the reader did not pass on: without it the transaction is not whole. A
// transaction that still runs has no position yet by which it could be skipped, so it waits for its end first.
func (s *script) takeRefusal(payload []byte) error {
	frame, err := wire.Decode(wire.KindRefusal, payload)
	if err != nil {
		return err
	}
	r := frame.(wire.Refusal)
	t, err := s.tableOf(r.Table)
	if err != nil {
		return err
	}
	switch {
	case s.leavesOut(t):
		return nil
	case s.side != nil:
		return ErrSpool
	}
	return &replica.Poison{Table: t.rel.FullName(), Key: r.Key, LSN: s.at.begin.Final, Refused: r.Why}
}
