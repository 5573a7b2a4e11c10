package cases

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// seated are people of the authority that decides, by what they may do by offices.
var seated = map[string]func(o, other offices.Office) offices.Desk{
	"holder": func(o, _ offices.Office) offices.Desk {
		return offices.Desk{Seats: []offices.Seat{{Office: o}}, Held: []offices.Office{o}}
	},
	"substitute": func(o, _ offices.Office) offices.Desk {
		return offices.Desk{Seats: []offices.Seat{{Office: o, For: "Кресляр"}}, Held: []offices.Office{o}}
	},
	"another's holder": func(o, other offices.Office) offices.Desk {
		return offices.Desk{Seats: []offices.Seat{{Office: other}}, Held: []offices.Office{o, other}}
	},
	"specialist": func(o, _ offices.Office) offices.Desk { return offices.Desk{Held: []offices.Office{o}} },
	"head": func(o, _ offices.Office) offices.Desk {
		return offices.Desk{Heads: []offices.Headship{{Place: o.Place}}, Held: []offices.Office{o}}
	},
	"head, vacant": func(o, _ offices.Office) offices.Desk {
		return offices.Desk{Heads: []offices.Headship{{Place: o.Place}}}
	},
	"specialist, vacant": func(offices.Office, offices.Office) offices.Desk { return offices.Desk{} },
	"head's substitute, vacant": func(o, _ offices.Office) offices.Desk {
		return offices.Desk{Heads: []offices.Headship{{Place: o.Place, For: "Горожанин"}}}
	},
}

// mayByOffice says who may end a stage that the card gives to an office, in the words of the rules and not of the code.
var mayByOffice = map[string]bool{"holder": true, "substitute": true, "head, vacant": true, "head's substitute, vacant": true}

// Everybody of the authority tries every act in a stage that belongs to an office, and in one that does not.
func TestWhoMayDoWhatByTheirOffice(t *testing.T) {
	for who, desk := range seated {
		for _, action := range []string{contract.ActionExecutes, contract.ActionTakesPart, contract.ActionAgrees, contract.ActionApproves} {
			for _, official := range []string{"", "Головний  архітектор"} {
				for _, act := range []Act{FinishStage, Decide, Suspend, Message, Note, Take} {
					name := fmt.Sprintf("%s, %s by %q: %s", who, action, official, act)
					p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
					w := p.work(standing{state: InProgress, owner: "decider", decision: action == contract.ActionApproves}, p.actor("decider"))
					stage := w.first()
					stage.Action, stage.Official = action, official
					w.Desk = desk(offices.Office{Place: p.decider, Key: "головний архітектор"}, offices.Office{Place: p.decider, Key: "юрисконсульт"})
					ends := action == contract.ActionApproves && act == Decide || action != contract.ActionApproves && act == FinishStage
					reserved := official != "" && (action == contract.ActionAgrees || action == contract.ActionApproves)
					want := act != FinishStage && act != Decide || ends && (!reserved || mayByOffice[who])
					err := w.apply(Command{Act: act, Text: "бо", Outcome: Granted})
					if (err == nil) != want {
						t.Errorf("%s: %v, allowed: %t", name, err, want)
					}
					if err != nil && ends && !fault.Is(err, fault.Forbidden) {
						t.Errorf("%s: %v", name, err)
					}
					checkStandsIn(t, name, w, err == nil && ends && reserved, who)
				}
			}
		}
	}
}

// checkStandsIn: the history says for whom a substitute has acted, and of nobody else.
func checkStandsIn(t *testing.T, name string, w *Work, reserved bool, who string) {
	t.Helper()
	want := ""
	if reserved {
		want = map[string]string{"substitute": "Кресляр", "head's substitute, vacant": "Горожанин"}[who]
	}
	for _, e := range w.Events {
		if e.InsteadOf != want {
			t.Errorf("%s: %s in the place of %q, want %q", name, e.Kind, e.InsteadOf, want)
		}
	}
}

// The clerk and the officer do not take a case from each other.
func TestEachPartyHasItsOwnPerson(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	w := p.work(standing{state: InProgress, owner: "decider", decision: true}, p.actor("decider"))
	clerk, officer := p.actor("centre"), p.actor("decider")
	now := time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC)
	for _, who := range []access.Actor{clerk, officer} {
		if err := w.Do(Command{Act: Take}, who, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []access.Actor{clerk, officer} {
		if a, ok := w.Mine(who); !ok || a.Person != who.UserID {
			t.Errorf("%s has %v", who.Name, a)
		}
	}
	if w.Case.AssignedTo == nil || *w.Case.AssignedTo != officer.UserID {
		t.Error("the release before does not see whose turn it is")
	}
}

// Taking a case over from a colleague asks why, and the history says who had it.
func TestTakingOverSaysWhy(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	w := p.work(standing{state: InProgress, owner: "centre", decision: false}, p.actor("centre"))
	now := time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC)
	first, second := p.actor("centre"), p.actor("centre")
	first.Name = "Межова"
	if err := w.Do(Command{Act: Take}, first, now); err != nil {
		t.Fatal(err)
	}
	if err := w.Do(Command{Act: Take}, first, now); fault.MessageKey(err) != "cases.yours_already" {
		t.Errorf("what is theirs already: %v", err)
	}
	if err := w.Do(Command{Act: Take}, second, now); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.Do(Command{Act: HandBack, Text: "не моє"}, second, now); fault.MessageKey(err) != "cases.not_holder" {
		t.Errorf("handed back by somebody who does not have it: %v", err)
	}
	if err := w.Do(Command{Act: Take, Text: "Межова хворіє"}, second, now); err != nil {
		t.Fatal(err)
	}
	last := w.Events[len(w.Events)-1]
	if last.About != "Межова" || last.Typed != "Межова хворіє" || last.Published {
		t.Errorf("the history says %+v", last)
	}
	if err := w.Do(Command{Act: HandBack, Text: "відпустка"}, second, now); err != nil {
		t.Fatal(err)
	}
	if _, assigned := w.Mine(second); assigned || w.Case.AssignedTo != nil {
		t.Error("what was handed back is somebody's still")
	}
}

// One reminder a day, while it is another's turn.
func TestRemindersComeOnceADay(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	w := p.work(standing{state: InProgress, owner: "decider", decision: true}, p.actor("centre"))
	clerk, day := p.actor("centre"), time.Date(2026, 11, 5, 20, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		at time.Time
		ok bool
	}{{day, true}, {day.Add(time.Hour), false}, {day.Add(3 * time.Hour), true}} { // the third is after midnight in Kyiv
		if err := w.Do(Command{Act: Remind}, clerk, step.at); (err == nil) != step.ok {
			t.Errorf("at %s: %v", step.at, err)
		}
	}
}

// An authority that only takes part sees the applicant's data while its stage is the active one, and not before or after.
func TestAPartnerSeesAllInItsOwnStageOnly(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	for _, owner := range []string{"", "centre", "decider", "partner"} {
		w := p.work(standing{state: InProgress, owner: owner}, access.Actor{})
		for _, who := range []string{"centre", "decider", "partner", "elsewhere", "manager"} {
			want := who == "centre" || who == "decider" || who == "manager" || who == "partner" && owner == "partner"
			if w.SeesAll(p.actor(who)) != want {
				t.Errorf("%s sees all in the stage of %q: %t", who, owner, !want)
			}
		}
	}
}
