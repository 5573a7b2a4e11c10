package cases

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// edges is every change of state that a case may go through.
var edges = map[State][]State{
	Registered: {Registered, InProgress, Closed},
	InProgress: {InProgress, Suspended, Decided, Closed},
	Suspended:  {Suspended, InProgress, Closed},
	Decided:    {Decided, Issued, InProgress, Closed}, // closed where the archive follows at once, or nobody collects the result
	Issued:     {Issued, Closed},
	Closed:     {Closed, Issued, InProgress, Decided}, // decided where nobody had collected the result
}

var handed = Handover{Recipient: HandedApplicant, Document: "passport", Number: "000123456"}

var ground = contract.Ground{ID: "incomplete", Text: locale.Text{UK: "Неповний перелік"}}

// newWork is a case of a stage for each owner, nil being the centre, filed at now; whoever acts may do everything.
func newWork(now time.Time, owners ...*uuid.UUID) *Work {
	centre, authority := uuid.New(), uuid.New()
	everything := []access.Grant{
		{Group: access.CentreHead, Place: access.InCentre(centre)}, {Group: access.AuthorityHead, Place: access.InAuthority(authority)},
	}
	card := contract.TechCard{}
	for i, owner := range owners {
		if owner == ofCase {
			owner = &authority
		} else if owner != nil {
			everything = append(everything, access.Grant{Group: access.Officer, Place: access.InAuthority(*owner)})
		}
		card.Stages = append(card.Stages, contract.TechStage{AuthorityID: owner, Action: contract.ActionExecutes, Days: []int{1, 5, 0, 3}[i%4]})
	}
	w := &Work{
		Case: Case{ID: uuid.New(), CentreID: centre, AuthorityID: authority, State: Registered, FiledAt: now, Tracked: true},
		Card: contract.Card{Refusal: []contract.Ground{ground}}, Term: workdays.Days(10), MostExtension: usualExtension, StorageDays: usualStorage, now: now, newID: uuid.New,
		by: access.Actor{UserID: uuid.New(), Name: "Тест", Rights: access.MustDeclare(Rights).Defaults().Resolve(everything...)},
	}
	w.Stages, w.facts = stagesOf(w.Case.ID, card, uuid.New), factsOf(Counter, "person", false)
	w.advance()
	w.Case.DueOn = w.calendar.Deadline(now, w.Term, now).Due
	return w
}

// ofCase stands for the authority that decides the case, partner is another one.
var ofCase, partner = new(uuid.UUID), func() *uuid.UUID { id := uuid.New(); return &id }()

// Whatever staff do in whatever order: a case goes only along its edges, no stage begins before those that it waits for have ended
// and none that may begin is left waiting, no party has two at once, a deadline never comes nearer, a decision stands once, a refusal
// cites its ground, and what was refused changed nothing.
func TestCasesKeepTheirRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owners := rapid.SliceOfN(rapid.SampledFrom([]*uuid.UUID{nil, ofCase, partner}), 0, 6).Draw(t, "owners")
		w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), owners...)
		for i := range w.Stages {
			w.Stages[i].Action = rapid.SampledFrom([]string{contract.ActionExecutes, contract.ActionApproves}).Draw(t, "action")
		}
		if rapid.Bool().Draw(t, "planned") {
			planAtRandom(t, w)
		}
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 20, 72, 24 * usualStorage}).Draw(t, "hours")) * time.Hour)
			cmd := Command{
				Act: rapid.SampledFrom(Acts).Draw(t, "act"), Text: rapid.SampledFrom([]string{"", "бо так"}).Draw(t, "text"),
				Outcome:     rapid.SampledFrom([]Outcome{"", Granted, Refused, "maybe"}).Draw(t, "outcome"),
				Grounds:     rapid.SliceOfN(rapid.SampledFrom([]string{"", ground.ID, "other"}), 0, 3).Draw(t, "grounds"),
				Paper:       rapid.SampledFrom([]string{"", "№ 5 від 12.11.2026"}).Draw(t, "paper"),
				OtherGround: rapid.SampledFrom([]string{"", "інакше"}).Draw(t, "other ground"), Reasoning: rapid.SampledFrom([]string{"", "бо"}).Draw(t, "reasoning"),
				File: rapid.SampledFrom([]uuid.UUID{uuid.Nil, uuid.New()}).Draw(t, "file"), Handed: rapid.SampledFrom([]Handover{{}, handed}).Draw(t, "handed"),
				Extension: workdays.Span{Days: rapid.IntRange(0, 20).Draw(t, "days"), In: rapid.SampledFrom(workdays.Units).Draw(t, "days in")},
				Stage:     anyStage(t, w), AndNext: rapid.Bool().Draw(t, "and next"),
				Chosen: rapid.SampledFrom([]string{"", "yes0", "no0", "yes1"}).Draw(t, "chosen"),
				Insert: Inserting{
					Kind: "opinion", Place: rapid.SampledFrom([]uuid.UUID{uuid.Nil, *partner, w.Case.AuthorityID, uuid.New()}).Draw(t, "place"), Days: 3, known: true,
					Where: rapid.SampledFrom(InsertWheres).Draw(t, "where"), Stage: anyStage(t, w),
				},
			}
			if rapid.Bool().Draw(t, "storage") {
				w.followStorage()
			}
			before, stages, events := w.Case, slices.Clone(w.Stages), len(w.Events)
			err := w.apply(cmd)
			if err != nil {
				if len(w.Events) != events || w.Case.State != before.State || !slices.Equal(stages, w.Stages) {
					t.Fatalf("%s was refused (%v) and changed the case", cmd.Act, err)
				}
				continue
			}
			checkRules(t, w, before)
		}
	})
}

// planAtRandom gives the stages of a case that has not begun plans as a card can have them: nothing runs
// beside the stage of the decision, and that is always done.
func planAtRandom(t *rapid.T, w *Work) {
	w.spellOut()
	marked, crowded := w.deciding(), rapid.Bool().Draw(t, "crowded") // the editor takes no such card, and an older one may have it
	for i := range w.Stages {
		s := &w.Stages[i]
		s.State, s.StartedAt, s.DueOn = StageWaiting, nil, nil
		if i > 0 && rapid.Bool().Draw(t, "elsewhere") {
			s.Plan.After = nil
			for _, j := range rapid.SliceOfN(rapid.IntRange(0, i-1), 0, 2).Draw(t, "after") {
				s.Plan.After = append(s.Plan.After, w.Stages[j].ID)
			}
		}
		for j := range i { // in follows rows above are complete already
			if before := &w.Stages[j]; !w.follows()[i][j] && (!crowded && w.placeOf(s) == w.placeOf(before) || s == marked || before == marked) {
				s.Plan.After = append(s.Plan.After, before.ID)
			}
		}
		if s == marked {
			continue
		}
		if rapid.Bool().Draw(t, "outcomes") {
			s.Plan.Outcomes = []contract.StageOutcome{{ID: fmt.Sprint("yes", i)}, {ID: fmt.Sprint("no", i)}}
		}
		switch rapid.IntRange(0, 3).Draw(t, "when") {
		case 0:
			s.Plan.When = &contract.StageCondition{Outcome: rapid.SampledFrom([]string{"yes0", "no0", "yes1"}).Draw(t, "outcome")}
		case 1:
			s.Plan.When = &contract.StageCondition{Fact: contract.FactChannel, Value: rapid.SampledFrom([]string{Counter, Online}).Draw(t, "channel")}
		}
	}
	w.advance()
}

// anyStage is the id of one of the case's stages, or of none.
func anyStage(t *rapid.T, w *Work) uuid.UUID {
	ids := []uuid.UUID{uuid.Nil}
	for _, s := range w.Stages {
		ids = append(ids, s.ID)
	}
	return rapid.SampledFrom(ids).Draw(t, "stage")
}

func checkRules(t *rapid.T, w *Work, before Case) {
	c := w.Case
	if !slices.Contains(edges[before.State], c.State) {
		t.Fatalf("from %s to %s", before.State, c.State)
	}
	if c.DueOn.Before(before.DueOn) {
		t.Fatalf("the deadline came nearer: %s, %s", before.DueOn, c.DueOn)
	}
	if before.Outcome != "" && c.Outcome != before.Outcome && c.State != InProgress {
		t.Fatalf("decided %s, now %s", before.Outcome, c.Outcome)
	}
	if (c.Outcome == Withdrawn) && (c.State != Closed || c.DecidedAt != nil) {
		t.Fatalf("%s, withdrawn, decided at %v", c.State, c.DecidedAt)
	}
	decided := c.State == Decided || c.State == Issued || c.State == Closed
	if c.Outcome != Withdrawn && (decided != (c.Outcome != "") || decided != (c.DecidedAt != nil)) {
		t.Fatalf("%s with outcome %q", c.State, c.Outcome)
	}
	if (c.Outcome == Refused) != (len(c.Grounds) > 0) {
		t.Fatalf("%s with grounds %q", c.Outcome, c.Grounds)
	}
	if len(c.Extensions) > len(before.Extensions) && w.Deadline().Due.After(w.LastExtended()) {
		t.Fatalf("the term was extended to %s, past %s", w.Deadline().Due, w.LastExtended())
	}
	if c.UncollectedAt != nil && c.State != Decided && c.State != Closed {
		t.Fatalf("%s, and its result is not collected", c.State)
	}
	checkOrder(t, w)
	for _, s := range w.Stages {
		if s.State != StageSkipped && (s.State == StageDone) != (s.FinishedAt != nil) {
			t.Fatalf("stage %d is %s, finished at %v", s.Position, s.State, s.FinishedAt)
		}
		if (c.State == Issued || c.State == Closed) && (s.State == StageActive || s.State == StageWaiting) {
			t.Fatalf("%s with stage %d %s", c.State, s.Position, s.State)
		}
	}
	if c.State == Registered || c.State == InProgress {
		checkUndecided(t, w)
	}
	if (c.State == Issued || c.State == Closed) && c.Outcome != Withdrawn && c.IssuedPaper == "" && w.Uploaded() == 0 && c.UncollectedAt == nil {
		t.Fatalf("%s without a result or a paper", c.State)
	}
}

// checkOrder: stages begin when those that they wait for have ended and their party has no other, and not before: one party has one at a time. Somebody
// always has the turn.
func checkOrder(t *rapid.T, w *Work) {
	of := map[access.Place]bool{}
	for i, s := range w.Stages {
		waits := slices.ContainsFunc(w.waits(i), func(j int) bool { return w.Stages[j].open() }) ||
			s.State == StageWaiting && w.activeOf(w.placeOf(&w.Stages[i])) != nil
		if s.Position != i+1 || s.State == StageActive && waits || s.State == StageWaiting && !waits {
			t.Fatalf("stage %d at %d is %s, and waits for others: %t", s.Position, i, s.State, waits)
		}
		if s.State == StageActive && of[w.placeOf(&w.Stages[i])] {
			t.Fatalf("stage %d is the second that its party has at once", s.Position)
		}
		of[w.placeOf(&w.Stages[i])] = of[w.placeOf(&w.Stages[i])] || s.State == StageActive
	}
	if w.Case.State.Running() && !slices.ContainsFunc(w.Turns(), Turn.Open) {
		t.Fatalf("%s, and it is nobody's turn", w.Case.State)
	}
}

// checkUndecided: while nothing is decided, a stage in which it can be decided lies ahead, or no stage is needed for it.
func checkUndecided(t *rapid.T, w *Work) {
	if _, err := w.decidesIn(); w.first() == nil && err != nil {
		t.Fatalf("every stage is done, and nothing can be decided: %v", err)
	}
	if marked := w.deciding(); marked != nil && !marked.open() {
		t.Fatalf("the stage of the decision is %s, and nothing is decided", marked.State)
	}
}

func TestActsNeedRights(t *testing.T) {
	for _, act := range Acts {
		w := newWork(time.Now(), nil)
		w.by = access.Actor{Rights: access.Rights{View: {All: true}}}
		if err := w.apply(Command{Act: act, Text: "текст"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s by somebody who only looks: %v", act, err)
		}
	}
}

// A pause of five days moves the case's and the active stage's deadlines by five days.
func TestResumeMovesDeadlines(t *testing.T) {
	w := newWork(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), nil, ofCase, nil) // Monday
	do := func(at string, cmd Command) {
		t.Helper()
		w.now, _ = time.Parse(time.DateTime, at)
		if err := w.apply(cmd); err != nil {
			t.Fatal(err)
		}
	}
	do("2026-11-02 10:00:00", Command{Act: Take})
	do("2026-11-02 11:00:00", Command{Act: FinishStage}) // the next one has five days: until Monday the 9th
	do("2026-11-04 10:00:00", Command{Act: Suspend, Text: "немає документа"})
	do("2026-11-09 10:00:00", Command{Act: Resume})
	if got := w.Case.DueOn.Format(time.DateOnly); got != "2026-11-17" { // the 12th and five days
		t.Errorf("case due %s", got)
	}
	if got := w.first().DueOn.Format(time.DateOnly); got != "2026-11-12" { // two days done, three left after the 9th
		t.Errorf("stage due %s", got)
	}
	d := w.Deadline()
	if d.Rule != workdays.CalendarDays || d.Paused != 5 || len(d.Pauses) != 1 {
		t.Errorf("explanation %+v", d)
	}
}

func TestPublicEventsHoldNoNotes(t *testing.T) {
	w := newWork(time.Now(), nil)
	for _, cmd := range []Command{{Act: Note, Text: "для своїх"}, {Act: Take}, {Act: Message, Text: "Добрий день"}} {
		if err := w.apply(cmd); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range w.Events {
		if e.Published == (e.Kind == EventNote) {
			t.Errorf("%s published: %t", e.Kind, e.Published)
		}
	}
}

// After a refusal the work of authorities that has not begun is left out, and the centre's goes on.
func TestRefusalLeavesOnlyTheCentresStages(t *testing.T) {
	w := newWork(time.Now(), ofCase, ofCase, nil)
	for _, cmd := range []Command{{Act: Take}, {Act: Decide, Outcome: Refused, Grounds: []string{ground.ID}, Text: "немає права"}} {
		if err := w.apply(cmd); err != nil {
			t.Fatal(err)
		}
	}
	got := []StageState{w.Stages[0].State, w.Stages[1].State, w.Stages[2].State}
	if want := []StageState{StageDone, StageSkipped, StageActive}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
