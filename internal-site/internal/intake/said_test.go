package intake_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// answerOf is what leaves about a message.
func (p *place) answerOf(t *testing.T, message uuid.UUID) (reason string, sealed []byte) {
	t.Helper()
	must(t, p.db.Pool.QueryRow(t.Context(), "select reason || reason_en, sealed from submission.answers where message_id = $1", message).Scan(&reason, &sealed))
	return reason, sealed
}

// What staff type about an entry may name people. It leaves only sealed to the code of whoever sent the submission; the
// whitelist lets the reason out as it is.
func TestWordsAboutAnEntryLeaveSealed(t *testing.T) {
	typed := locale.Text{UK: "Іваненко не підписав\nзгоду", EN: "Ivanenko has not signed"}
	for name, v := range map[string]intake.Verdict{
		"refused": {Decision: intake.Refuse, Reason: typed},
		"closed":  {Decision: intake.Close, Reason: typed, Note: "сам"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			q := intake.NewQueue(p.db.PoolAs("internal_site"))
			head := p.Users[access.CentreHead]
			s := p.submission(t, []byte("<html>"))
			p.send(t, s)
			drain(t, p.worker(nil))
			l, err := q.List(t.Context(), head, intake.Filter{})
			must(t, err)
			e := l.Entries[0]
			must(t, q.Decide(t.Context(), head, e.ID, e.Version, v))
			reason, sealed := p.answerOf(t, s.MessageID)
			if reason != "" {
				t.Errorf("in clear leaves %q", reason)
			}
			text, err := s.code.Open(sealed, 10_000)
			must(t, err)
			var read locale.Text
			must(t, json.Unmarshal(text, &read))
			if read != typed {
				t.Errorf("the citizen reads %+v", read)
			}
			if e, err = q.Get(t.Context(), head, e.ID); err != nil || e.Typed != typed {
				t.Errorf("staff read again %+v, %v", e.Typed, err)
			}
		})
	}
}

// Where no code is known, as the envelope could not be opened, only the portal's own words leave, and what staff typed
// all the same stays inside.
func TestWithoutACodeOnlyThePortalsWordsLeave(t *testing.T) {
	for name, v := range map[string]intake.Verdict{
		"refused": {Decision: intake.Refuse, Saying: "intake.answer.in_person", Reason: locale.Text{UK: "Іваненко"}},
		"closed":  {Decision: intake.Close, Saying: "intake.answer.taken", Reason: locale.Text{UK: "Іваненко"}, Note: "сам"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			q := intake.NewQueue(p.db.PoolAs("internal_site"))
			manager := p.Users[access.RegionalManager]
			message := p.bytes(func(b []byte) []byte { b[len(b)-1] ^= 1; return b })(t)
			drain(t, p.worker(nil))
			l, err := q.List(t.Context(), manager, intake.Filter{})
			must(t, err)
			e := l.Entries[0]
			mute := v
			mute.Saying = ""
			if err := q.Decide(t.Context(), manager, e.ID, e.Version, mute); v.Decision == intake.Refuse && !fault.Is(err, fault.Invalid) {
				t.Errorf("refused without a word that leaves: %v", err)
			} else if v.Decision == intake.Close {
				must(t, err)
				v.Saying = "intake.answer.closed"
			} else {
				must(t, q.Decide(t.Context(), manager, e.ID, e.Version, v))
			}
			want := map[string]string{
				"intake.answer.in_person": "Прийняти це звернення через портал", "intake.answer.closed": "Звернення опрацьовано в інший спосіб",
			}[v.Saying]
			reason, sealed := p.answerOf(t, message)
			if len(reason) < len(want) || reason[:len(want)] != want || sealed != nil {
				t.Errorf("what leaves: %q and %d bytes", reason, len(sealed))
			}
			if e, err = q.Get(t.Context(), manager, e.ID); err != nil || e.Typed.UK != "Іваненко" {
				t.Errorf("inside stays %+v, %v", e.Typed, err)
			}
		})
	}
}

// Nothing can be typed to everybody at once: there is no code that all of them hold.
func TestNothingIsTypedToMany(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	e := p.refused(t, q)
	_, err := q.DecideAll(t.Context(), p.Users[access.CentreHead], intake.Filter{Reason: e.Reason, Until: time.Now()},
		intake.Verdict{Decision: intake.Close, Note: "разом", Reason: locale.Text{UK: "Іваненко"}})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("typed to many: %v", err)
	}
}
