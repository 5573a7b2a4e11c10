package cases

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// prepared is a case in the stage in which the authority prepares the decision that the holder of an office signs afterwards.
func prepared(p people, by access.Actor) *Work {
	w := p.work(standing{state: InProgress, owner: "decider", decision: false}, by)
	for i := range w.Stages {
		if s := &w.Stages[i]; s.State == StageWaiting && s.of(p.decider) {
			s.Action, s.Official = contract.ActionApproves, "Начальник управління"
			return w
		}
	}
	w.Stages = append(w.Stages, Stage{ID: uuid.New(), AuthorityID: &p.decider, Action: contract.ActionApproves, Official: "Начальник управління", State: StageWaiting, Days: 2})
	return w
}

func (p people) deskOf(title string) offices.Desk {
	return offices.Desk{Seats: []offices.Seat{{Office: offices.Office{Place: p.decider, Key: offices.Key(title)}}}}
}

// Whoever prepares the decision words it and hands it over, which ends their stage; the holder of the office returns it with a remark,
// which brings the case back, and signs what was worded anew.
func TestADecisionIsPreparedAndSigned(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	specialist, head := p.actor("decider"), p.actor("decider")
	specialist.Name, head.Name = "Межова", "Горожанин"
	w := prepared(p, specialist)
	stage := w.first().ID
	if err := w.Do(Command{Act: Propose, Outcome: Refused}, specialist, w.now); !fault.Is(err, fault.Invalid) {
		t.Errorf("a refusal without grounds: %v", err)
	}
	worded := Command{Act: Propose, Outcome: Refused, Grounds: []string{ground.ID}, Text: "Немає довідки"}
	if err := w.Do(worded, specialist, w.now); err != nil {
		t.Fatal(err)
	}
	if a := w.first(); a == nil || a.ID == stage || w.Case.Proposal == nil || w.Case.Proposal.Stage != stage {
		t.Fatalf("handed over, the case stands at %+v with %+v", a, w.Case.Proposal)
	}
	if err := w.Do(Command{Act: Sign}, specialist, w.now); fault.MessageKey(err) != "cases.of_office" {
		t.Errorf("signed by whoever does not hold the office: %v", err)
	}
	w.Desk = p.deskOf("Начальник управління")
	if err := w.Do(Command{Act: SendBack}, head, w.now); !fault.Is(err, fault.Invalid) {
		t.Errorf("returned without a remark: %v", err)
	}
	if err := w.Do(Command{Act: SendBack, Text: "Назвіть довідку"}, head, w.now); err != nil {
		t.Fatal(err)
	}
	if a := w.first(); a.ID != stage || w.Case.Proposal.Remark != "Назвіть довідку" || !w.Case.Proposal.Returned() {
		t.Errorf("returned, the case stands at %+v with %+v", a, w.Case.Proposal)
	}
	w.Desk = offices.Desk{}
	worded.Text = "Немає довідки про склад сім’ї"
	if err := w.Do(worded, specialist, w.now); err != nil {
		t.Fatal(err)
	}
	w.Desk = p.deskOf("Начальник управління")
	if err := w.Do(Command{Act: Sign}, head, w.now); err != nil {
		t.Fatal(err)
	}
	last := w.lastEvent(EventDecided)
	if w.Case.State != Decided || w.Case.DecisionNote != worded.Text || w.Case.Grounds[0] != ground.ID || w.Case.Proposal != nil || last.Actor != "Горожанин" || last.Typed != worded.Text {
		t.Errorf("%+v; %+v", w.Case, last)
	}
}

// Where duties are kept apart, whoever worded a decision does not sign it, whatever office they hold.
func TestNobodySignsWhatTheyWorded(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	for _, separate := range []bool{false, true} {
		head := p.actor("decider")
		w := p.work(standing{state: InProgress, owner: "decider", decision: true}, head)
		w.SeparateDuties, w.Stages[len(w.Stages)-1].Official = separate, "Начальник управління"
		w.Desk = p.deskOf("Начальник управління")
		if err := w.Do(Command{Act: Propose, Outcome: Granted}, head, w.now); err != nil {
			t.Fatal(err)
		}
		if err := w.Do(Command{Act: Sign}, head, w.now); (fault.MessageKey(err) == apart) != separate || (err == nil) == separate {
			t.Errorf("apart %t: %v", separate, err)
		}
	}
}

// Nobody but the authority that decides prepares its decisions, and only what was handed over is signed.
func TestWhoPreparesADecision(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	for who, may := range map[string]bool{"decider": true, "partner": false, "centre": false, "elsewhere": false, "manager": false} {
		w := prepared(p, p.actor(who))
		if err := w.apply(Command{Act: Propose, Outcome: Granted}); (err == nil) != may {
			t.Errorf("%s: %v", who, err)
		}
	}
	w := p.work(standing{state: InProgress, owner: "partner", decision: false}, p.actor("decider"))
	if err := w.apply(Command{Act: Propose, Outcome: Granted}); !fault.Is(err, fault.Conflict) {
		t.Errorf("before the case has reached the authority: %v", err)
	}
	w = p.work(standing{state: InProgress, owner: "decider", decision: true}, p.actor("decider"))
	for _, act := range []Act{Sign, SendBack} {
		if err := w.apply(Command{Act: act, Text: "а"}); fault.MessageKey(err) != "cases.act_refused" {
			t.Errorf("%s of nothing: %v", act, err)
		}
	}
}

// Two people word the decision of one case: whoever is second sees the first text, and replaces it only by choosing to.
func TestAColleaguesProposalIsReplacedByChoice(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	first, second := p.actor("decider"), p.actor("decider")
	w := p.work(standing{state: InProgress, owner: "decider", decision: true}, first)
	if err := w.Do(Command{Act: Propose, Outcome: Granted, Text: "перше"}, first, w.now); err != nil {
		t.Fatal(err)
	}
	for name, seen := range map[string]string{"blindly": "", "of another moment": "1"} {
		if err := w.Do(Command{Act: Propose, Outcome: Granted, Text: "друге", Replaces: seen}, second, w.now); !fault.Is(err, fault.Invalid) || w.Case.Proposal.Reasoning != "перше" {
			t.Errorf("%s: %v, %q", name, err, w.Case.Proposal.Reasoning)
		}
	}
	if err := w.Do(Command{Act: Propose, Outcome: Granted, Text: "друге", Replaces: w.Case.Proposal.Seen()}, second, w.now); err != nil || w.Case.Proposal.Reasoning != "друге" {
		t.Errorf("by choice: %v, %q", err, w.Case.Proposal.Reasoning)
	}
	if err := w.Do(Command{Act: Propose, Outcome: Granted, Text: "моє далі"}, second, w.now); err != nil {
		t.Errorf("one's own: %v", err)
	}
}
