package intake_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
)

// What is on its way when its module is switched off, everywhere or for its centre, is held with an answer, and becomes a
// case once the module is on and staff try it again.
func TestModuleSwitchedOffHoldsWhatStillArrives(t *testing.T) {
	p := newPlace(t)
	for name, centre := range map[string]uuid.NullUUID{
		"everywhere": {}, "for its centre": {UUID: p.Centre, Valid: true}, "for another centre": {UUID: p.OtherCentre, Valid: true},
	} {
		p.db.Exec(`delete from modules.switches`)
		p.db.Exec(`insert into modules.switches (id, module, centre_id, enabled) values ($1, $2, $3, false)`, uuid.New(), contract.ModuleApplications, centre)
		s := p.submission(t, pdf)
		p.send(t, s)
		drain(t, p.worker(nil))
		if centre.UUID == p.OtherCentre {
			if got := p.told(t, s.MessageID); got.outcome != "registered" {
				t.Errorf("off %s: %+v", name, got)
			}
			continue
		}
		got := p.told(t, s.MessageID)
		if got.outcome != "held" || !strings.Contains(got.reason, "зараз не приймають") || !strings.Contains(got.reason, "передано працівнику") {
			t.Errorf("off %s: the citizen is told %+v", name, got)
		}
		if n := count(t, p.db.Pool, "select count(*) from intake.refusals where state = 'open' and message_id = $1 and reason = $2", s.MessageID, intake.ReasonModuleOff); n != 1 {
			t.Errorf("off %s: %d entries in the queue", name, n)
		}
		p.db.Exec(`update modules.switches set enabled = true`)
		p.db.Exec(`update intake.messages set state = 'waiting', failures = 0, next_attempt_at = now(), finished_at = null where id = $1`, s.MessageID)
		drain(t, p.worker(nil))
		if got := p.told(t, s.MessageID); got.outcome != "registered" {
			t.Errorf("on again after %s: %+v", name, got)
		}
	}
}
