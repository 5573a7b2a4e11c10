package apply

import (
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// takeRefusal ends the writer at a change that the reader did not pass on: without it the transaction is not whole. In one that
// arrives while it still runs the refusal has waited in a spool for the transaction's end.
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
	if s.leavesOut(t) {
		return nil
	}
	return &replica.Poison{Table: t.rel.FullName(), Key: r.Key, LSN: s.at.begin.Final, Refused: r.Why}
}
