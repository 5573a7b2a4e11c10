package cases

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// standing is a case somewhere on its way: who has the active stages, and whether one is that of the decision.
type standing struct {
	state    State
	owner    string // centre, decider, partner; "" when no stage is active
	decision bool   // the first active stage is the one in which the card says the case is decided
	beside   string // who has another active stage at the same time; "" is nobody

	uncollected bool // the storage term of the result is over
}

func (s standing) String() string {
	return fmt.Sprintf("%s, active: %q and %q, deciding: %t, not collected: %t", s.state, s.owner, s.beside, s.decision, s.uncollected)
}

// has says whether somebody has one of the active stages.
func (s standing) has(who string) bool { return who != "" && (who == s.owner || who == s.beside) }

// people of a case: those of its centre, of the authority that decides, of one that has another stage, and two who have
// no part in the work.
type people struct {
	centre, decider, partner, elsewhere uuid.UUID
}

func (p people) actor(who string) access.Actor {
	grant := map[string]access.Grant{
		"centre":    {Group: access.Administrator, Place: access.InCentre(p.centre)},
		"decider":   {Group: access.Officer, Place: access.InAuthority(p.decider)},
		"partner":   {Group: access.Officer, Place: access.InAuthority(p.partner)},
		"elsewhere": {Group: access.Officer, Place: access.InAuthority(p.elsewhere)},
		"manager":   {Group: access.RegionalManager},
	}[who]
	return access.Actor{UserID: uuid.New(), Name: who, Rights: access.MustDeclare(Rights).Defaults().Resolve(grant)}
}

// work makes a case that stands there. The partner has always had a stage before.
func (p people) work(s standing, by access.Actor) *Work {
	now := time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC)
	stage := func(owner string, state StageState, action string) Stage {
		id := map[string]*uuid.UUID{"decider": &p.decider, "partner": &p.partner}[owner]
		s := Stage{ID: uuid.New(), AuthorityID: id, Action: action, State: state, Days: 2}
		if state != StageWaiting {
			s.StartedAt = &now
		}
		return s
	}
	w := &Work{
		Case: Case{ID: uuid.New(), CentreID: p.centre, AuthorityID: p.decider, State: s.state, FiledAt: now, DueOn: workdays.DateOf(now).AddDate(0, 0, 10), Tracked: true},
		Card: contract.Card{Refusal: []contract.Ground{ground}}, Term: workdays.Days(10), MostExtension: usualExtension, now: now, newID: uuid.New, by: by,
		Stages: []Stage{stage("partner", StageDone, contract.ActionAgrees)},
	}
	decided := slices.Contains([]State{Decided, Issued, Closed}, s.state)
	switch {
	case s.decision:
		w.Stages = append(w.Stages, stage("decider", StageActive, contract.ActionApproves))
	case decided:
		w.Stages = append(w.Stages, stage("decider", StageDone, contract.ActionApproves))
		w.Case.Outcome, w.Case.DecidedAt, w.Case.ClosedAt = Granted, &now, &now
		w.Events = []Event{{Kind: EventResultReady, At: now}}
		if s.uncollected {
			w.Case.StoredUntil, w.Case.UncollectedAt = &now, &now
		}
	}
	if s.owner != "" && !s.decision {
		w.Stages = append(w.Stages, stage(s.owner, StageActive, contract.ActionExecutes))
	}
	if s.beside != "" {
		w.Stages = append(w.Stages, stage(s.beside, StageActive, contract.ActionExecutes))
	}
	if !decided && !s.decision {
		w.Stages = append(w.Stages, stage("decider", StageWaiting, contract.ActionApproves))
	}
	if s.beside != "" { // each active stage waits for those before both
		w.spellOut()
		i := slices.IndexFunc(w.Stages, func(s Stage) bool { return s.State == StageActive })
		w.Stages[i+1].Plan.After = w.Stages[i].Plan.After
		if len(w.Stages) > i+2 {
			w.Stages[i+2].Plan.After = append(w.Stages[i+2].Plan.After, w.Stages[i].ID)
		}
	}
	return w
}

// acting says whether it is somebody's turn there, in the words of the rules and not of the code.
func (s standing) acting(who string) bool {
	switch {
	case s.owner != "":
		return s.has(who)
	case s.state == Decided:
		return who == "centre"
	}
	return who == "decider"
}

// may says who may do an act when a case stands there, in the words of the rules and not of the code. Whoever acts has the
// case in their party already when they hand it back or give it on.
func may(who string, act Act, s standing) bool {
	party, open := slices.Contains([]string{"centre", "decider", "partner"}, who), s.state != Issued && s.state != Closed
	inCentre := (s.owner == "centre" || s.owner == "") && s.beside == ""
	switch act {
	case Take: // the centre always, an authority when it is its turn
		return open && (who == "centre" || s.acting(who))
	case HandBack, Assign:
		return open && party
	case Remind: // the centre waits while it is another's turn; the partner has done its part, the decider's is ahead
		return open && s.state != Suspended && who == "centre" && !s.acting("centre")
	case Note:
		return party
	case Withdraw:
		return open && s.state != Decided && (who == "centre" || who == "decider")
	case Reopen:
		return false // the head's; here are none
	case TakePapers: // also at the case's end
		return who == "centre" || who == "decider" || s.has(who)
	case Message:
		return s.state != Closed && (who == "centre" || who == "decider" || s.has(who))
	case FinishStage: // only whoever has the stage; not that of the decision before it, nor the centre's last one before handing over
		last := who == "centre" && s.beside == ""
		return s.has(who) && (s.state == Decided && !last || s.state == InProgress && (!s.decision || who != "decider"))
	case ReturnStage: // whoever has a stage; the partner's earlier one is done
		return s.has(who) && s.state == InProgress
	case InsertStage: // the authority that decides; of the centre its head, and here is none
		return who == "decider" && s.state == InProgress && s.owner != ""
	case Propose: // once the case is with whoever decides
		return who == "decider" && s.state == InProgress && s.has("decider")
	case DropStage:
		return false // here nothing was inserted
	case Suspend, Resume:
		from := map[Act]State{Suspend: InProgress, Resume: Suspended}[act]
		return s.state == from && (who == "centre" || who == "decider" || s.has(who))
	case RecallOpinion: // whoever asked, also when the stage has gone on to others
		return (s.state == InProgress || s.state == Suspended) && party
	case Opinion, AskOpinion: // in one's own stage, and by the authority that decides while the case is with it
		return (s.state == InProgress || s.state == Suspended) && s.has(who)
	case Decide, Sign, SendBack: // only in its stage, only by whoever decides, and not while others work beside it
		return who == "decider" && s.state == InProgress && s.decision && s.beside == ""
	case Upload, SignResult:
		return who == "decider" && (s.state == Decided || s.state == Issued)
	case Issue: // once the result is in the centre; also out of the archive, when nobody had collected it
		return who == "centre" && (s.state == Decided || s.state == Closed && s.uncollected) && inCentre
	case Close: // also where nobody collects the result
		return who == "centre" && (s.state == Issued || s.state == Decided && s.uncollected && inCentre)
	case Unarchive:
		return who == "centre" && s.state == Closed
	case RecordSilence: // where the portal has flagged it; here it has nowhere
		return false
	case CorrectDecision, WithdrawDecision:
		return who == "decider" && s.state == Decided
	case Extend:
		return who == "decider" && (s.state == InProgress || s.state == Suspended)
	case WithdrawResult:
		return who == "decider" && (s.state == Decided || s.state == Issued)
	}
	return false
}

// Everybody tries every act in every state and in everybody's stage, also while another party has one at the same time.
func TestWhoMayDoWhatInWhoseStage(t *testing.T) {
	p := people{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	done := map[Act]int{}
	for _, state := range States {
		for _, owner := range []string{"", "centre", "decider", "partner"} {
			for _, decision := range []bool{false, true} {
				if decision && (owner != "decider" || slices.Contains([]State{Decided, Issued, Closed}, state)) {
					continue
				}
				for _, beside := range []string{"", "centre", "decider", "partner"} {
					if beside != "" && (owner == "" || beside == owner) { // no party has two stages at once
						continue
					}
					tryAll(t, p, standing{state, owner, decision, beside, false}, done)
					if state == Decided || state == Closed {
						tryAll(t, p, standing{state, owner, decision, beside, true}, done)
					}
				}
			}
		}
	}
	for _, act := range Acts {
		if done[act] == 0 && !slices.Contains([]Act{Reopen, DropStage, RecordSilence}, act) {
			t.Errorf("nobody ever did %s", act)
		}
	}
}

func tryAll(t *testing.T, p people, at standing, done map[Act]int) {
	t.Helper()
	for _, who := range []string{"centre", "decider", "partner", "elsewhere", "manager"} {
		for _, act := range Acts {
			tryAct(t, p, at, who, act, done)
		}
	}
}

func tryAct(t *testing.T, p people, at standing, who string, act Act, done map[Act]int) {
	t.Helper()
	by := p.actor(who)
	w := p.work(at, by)
	if party, ok := w.Party(by); ok && (act == HandBack || act == Assign) {
		w.Assigned = map[access.Place]Assignment{party: {Person: by.UserID}}
	}
	if act == Sign || act == SendBack {
		w.Case.Proposal = &Proposal{Outcome: Granted}
	}
	question := uuid.New()
	if act == RecallOpinion {
		w.OpinionsAsked = []OpinionAsked{{ID: question, By: by.UserID}}
	}
	before := slices.Clone(w.Stages)
	into := Inserting{Kind: "opinion", Place: p.elsewhere, Days: 3, Where: InsertAfter, known: true}
	for _, s := range w.OpenStages() {
		into.Stage = s.ID
	}
	err := w.apply(Command{Insert: into, Opinion: OpinionAsking{Days: 3}, Question: question, Act: act, Text: "бо", Outcome: Granted, Paper: "№ 5", Stage: w.Stages[0].ID, toName: "Межова", Extension: calendarDays(3), File: uuid.New(), Handed: handed})
	if want := may(who, act, at); (err == nil) != want {
		t.Errorf("%s: %s by %s: %v, allowed: %t", at, act, who, err, want)
		return
	}
	if err != nil {
		if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %s by %s: %v", at, act, who, err)
		}
		return
	}
	done[act]++
	for _, s := range w.Stages {
		i := slices.IndexFunc(before, func(b Stage) bool { return b.ID == s.ID })
		if i < 0 {
			continue
		}
		owner := "centre"
		if s.AuthorityID != nil {
			owner = map[uuid.UUID]string{p.decider: "decider", p.partner: "partner"}[*s.AuthorityID]
		}
		if s.State == StageDone && before[i].State != StageDone && owner != who {
			t.Errorf("%s: %s by %s ended a stage of %s", at, act, who, owner)
		}
	}
}

// Cards that mark no stage of decision: the authority decides in any stage of its own, and its last one is not left
// without a decision; where it has none, the last stage of all is not.
func TestCardsWithoutAStageOfDecision(t *testing.T) {
	for name, tt := range map[string]struct {
		owners  []*uuid.UUID
		decide  []bool // whether it can be decided when so many stages are done
		finish  []bool
		decides StageState // of the stage that was active when it was decided at the first occasion
	}{
		"two of its own":  {[]*uuid.UUID{nil, ofCase, ofCase, nil}, []bool{false, true, true}, []bool{true, true, false}, StageDone},
		"none of its own": {[]*uuid.UUID{nil, partner, nil}, []bool{true, true, true}, []bool{true, true, false}, StageActive},
		"no stages":       {nil, []bool{true}, []bool{false}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), tt.owners...)
			w.Case.State = InProgress
			for i := range tt.decide {
				if w.Possible(Decide) != tt.decide[i] || w.Possible(FinishStage) != tt.finish[i] {
					t.Errorf("after %d stages: decide %v, finish %v", i, w.Hinders(Decide), w.Hinders(FinishStage))
				}
				if tt.finish[i] {
					if err := w.apply(Command{Act: FinishStage}); err != nil {
						t.Fatal(err)
					}
				}
			}
			w = newWork(time.Now(), tt.owners...)
			w.Case.State = InProgress
			for !w.Possible(Decide) {
				if err := w.apply(Command{Act: FinishStage}); err != nil {
					t.Fatal(err)
				}
			}
			active := w.first()
			if err := w.apply(Command{Act: Decide, Outcome: Granted}); err != nil {
				t.Fatal(err)
			}
			if active != nil && active.State != tt.decides {
				t.Errorf("the stage in which it was decided is %s", active.State)
			}
		})
	}
}

// A decision says everything that is wrong with it at once.
func TestAllMistakesOfADecisionAtOnce(t *testing.T) {
	w := newWork(time.Now(), ofCase)
	w.Case.State = InProgress
	err := w.apply(Command{Act: Decide, Outcome: Refused, Grounds: []string{"no-such"}})
	if got := fieldsOf(err); !slices.Equal(got, []string{"ground", "decide_text"}) {
		t.Errorf("wrong: %v", got)
	}
}

func fieldsOf(err error) (fields []string) {
	var f *fault.Error
	if errors.As(err, &f) {
		for _, e := range f.Fields {
			fields = append(fields, e.Field)
		}
	}
	return fields
}

// Nobody reads a message to an applicant without a code: it is refused, not filed away.
func TestNoMessageToWhoCannotRead(t *testing.T) {
	w := newWork(time.Now(), nil)
	w.Case.Tracked = false
	if err := w.apply(Command{Act: Message, Text: "Добрий день"}); fault.MessageKey(err) != "cases.nobody_reads" || len(w.Events) > 0 {
		t.Errorf("%v, %d events", err, len(w.Events))
	}
}

// What was handed over is a file that was uploaded or a paper that the record names.
func TestIssueNamesWhatWasHandedOver(t *testing.T) {
	for _, tt := range []struct {
		uploaded bool
		paper    string
		ok       bool
	}{{false, "", false}, {false, " № 5  від 12.11.2026 ", true}, {true, "", true}, {true, "№ 5", true}} {
		w := newWork(time.Now(), ofCase, nil)
		w.Case.State = InProgress
		acts := []Command{{Act: Decide, Outcome: Granted}, {Act: Upload}, {Act: Issue, Paper: tt.paper, Handed: handed}}
		if !tt.uploaded {
			acts = slices.Delete(acts, 1, 2)
		}
		var err error
		for _, cmd := range acts {
			err = w.apply(cmd)
		}
		if (err == nil) != tt.ok || (tt.ok && w.Case.State != Issued) {
			t.Errorf("%+v: %v", tt, err)
		}
		if tt.ok && !tt.uploaded && w.Case.IssuedPaper != "№ 5 від 12.11.2026" {
			t.Errorf("the record has %q", w.Case.IssuedPaper)
		}
	}
}

// Each stage keeps the moment at which it was finished, also when acts follow one another in one piece of work.
func TestFinishedStagesKeepTheirOwnMoments(t *testing.T) {
	by := newWork(time.Now(), ofCase).by
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	authority := uuid.New()
	w := Rehearse(Case{CentreID: uuid.New(), AuthorityID: authority, FiledAt: day(2), RegisteredAt: day(2)}, contract.Card{},
		contract.TechCard{Stages: []contract.TechStage{{Name: locale.Text{UK: "1"}}, {AuthorityID: &authority}, {}}}, workdays.Calendar{}, by, uuid.New)
	by.Rights = access.MustDeclare(Rights).Defaults().Resolve(
		access.Grant{Group: access.CentreHead, Place: access.InCentre(w.Case.CentreID)}, access.Grant{Group: access.AuthorityHead, Place: access.InAuthority(authority)})
	for i, cmd := range []Command{{Act: Take}, {Act: FinishStage}, {Act: Decide, Outcome: Granted}, {Act: Issue, Paper: "№ 1", Handed: handed}, {Act: Close}} {
		if err := w.Do(cmd, by, day(3+i)); err != nil {
			t.Fatal(cmd.Act, err)
		}
	}
	for i, want := range []time.Time{day(4), day(5), day(6)} {
		if !w.Stages[i].FinishedAt.Equal(want) {
			t.Errorf("stage %d finished at %s", i+1, w.Stages[i].FinishedAt)
		}
	}
	if !w.Case.DecidedAt.Equal(day(5)) || !w.Case.ClosedAt.Equal(day(7)) {
		t.Errorf("decided %s, closed %s", w.Case.DecidedAt, w.Case.ClosedAt)
	}
}

// Two stages of one party that may begin at the same time are done one after the other, however the case came to have them: by a card from
// before they were refused, or by a stage that was inserted beside a branch and an earlier one of its party that is done anew. The one that
// waits is not hidden behind the other: its turn comes, with a term of its own, when the other has ended.
func TestStagesOfOnePartyAreDoneOneAfterTheOther(t *testing.T) {
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, partner, partner, ofCase)
	w.spellOut()
	w.Stages[2].Plan.After = w.Stages[1].Plan.After
	w.Stages[3].Plan.After = []uuid.UUID{w.Stages[1].ID, w.Stages[2].ID}
	do := func(cmd Command, days int, want ...StageState) {
		t.Helper()
		w.now = w.now.AddDate(0, 0, days)
		if err := w.apply(cmd); err != nil {
			t.Fatal(cmd.Act, err)
		}
		var got []StageState
		for _, s := range w.Stages {
			got = append(got, s.State)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("after %s: %s, want %s", cmd.Act, got, want)
		}
		for _, party := range w.parties() {
			if turn, active := w.Turn(party), w.activeOf(party); (turn.Standing == ToAct) != (active != nil) || active != nil && *turn.StageID != active.ID {
				t.Errorf("after %s: %+v, and works on %+v", cmd.Act, turn, active)
			}
		}
	}
	do(Command{Act: Take}, 0, StageActive, StageWaiting, StageWaiting, StageWaiting)
	do(Command{Act: FinishStage}, 0, StageDone, StageActive, StageWaiting, StageWaiting)
	do(Command{Act: FinishStage}, 1, StageDone, StageDone, StageActive, StageWaiting)
	if second := w.Stages[2]; !second.StartedAt.Equal(w.now) || second.DueOn == nil {
		t.Errorf("the second began %s, until %v", second.StartedAt, second.DueOn)
	}
	do(Command{Act: FinishStage}, 1, StageDone, StageDone, StageDone, StageActive)

	other := uuid.New()
	w = newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, partner, &other, ofCase, ofCase)
	w.spellOut()
	w.Stages[2].Plan.After = w.Stages[1].Plan.After
	w.Stages[3].Plan.After = []uuid.UUID{w.Stages[1].ID}
	w.Stages[4].Plan.After = []uuid.UUID{w.Stages[2].ID, w.Stages[3].ID}
	do(Command{Act: Take}, 0, StageActive, StageWaiting, StageWaiting, StageWaiting, StageWaiting)
	do(Command{Act: FinishStage}, 0, StageDone, StageActive, StageActive, StageWaiting, StageWaiting)
	do(Command{Act: FinishStage}, 0, StageDone, StageDone, StageActive, StageActive, StageWaiting) // the partner's
	beside := Inserting{Kind: "opinion", Place: *partner, Days: 3, Where: InsertBeside, Stage: w.Stages[2].ID, known: true}
	do(Command{Act: InsertStage, Text: "бо", Insert: beside}, 0, StageDone, StageDone, StageActive, StageActive, StageActive, StageWaiting)
	everything := w.by
	w.by.Rights = access.MustDeclare(Rights).Defaults().Resolve(access.Grant{Group: access.AuthorityHead, Place: access.InAuthority(w.Case.AuthorityID)})
	do(Command{Act: ReturnStage, Text: "бо", Stage: w.Stages[1].ID}, 0, StageDone, StageActive, StageActive, StageWaiting, StageWaiting, StageWaiting)
	w.by = everything
}
