package cases_test

import (
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/notices"
	"portal.example/shared/fault"
)

// asked is what a person is told of opinions: how many cases their list has, and how often the bell rings of each kind.
func asked(t *testing.T, r *fixture.Region, s *cases.Store, who access.Actor, at time.Time) (listed, rings, answers, recalled int) {
	t.Helper()
	_, listed, err := s.List(t.Context(), who, cases.Filter{View: cases.ViewAsked, Size: 10})
	if err != nil {
		t.Fatal(err)
	}
	checkCount(t, s, who, cases.Filter{View: cases.ViewAsked})
	news, err := notices.NewDesk(r.DB.PoolAs("internal_site")).At(func() time.Time { return at }).News(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range news {
		switch line.Kind { //nolint:exhaustive // nothing else is counted
		case notices.OpinionAsked:
			rings++
		case notices.OpinionGiven:
			answers++
		case notices.OpinionRecalled:
			recalled++
		}
	}
	return listed, rings, answers, recalled
}

// A colleague who is asked by name finds the case in a list of their own and under the bell until they have answered, and whoever asked
// hears of the answer. No term and no turn moves. Anybody of the place may answer what is asked of all but whoever asks.
func TestAColleagueIsAskedForAnOpinion(t *testing.T) {
	r, s, c := working(t)
	at := fixture.Now
	s = s.At(func() time.Time { return at })
	place := access.Grant{Group: access.Administrator, Place: access.InCentre(r.Centre)}
	clerk, colleague, third := r.Users[access.Administrator], r.AddUser("colleague", place), r.AddUser("third", place)
	work := func() *cases.Work {
		t.Helper()
		w, err := s.Work(t.Context(), clerk, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	do := func(who access.Actor, cmd cases.Command) {
		t.Helper()
		at = at.Add(2 * time.Minute)
		if err := s.Do(t.Context(), who, c.ID, work().Case.Version, cmd); err != nil {
			t.Fatalf("%s: %v", cmd.Act, err)
		}
	}
	do(clerk, cases.Command{Act: cases.Take})
	ask := cases.Command{Act: cases.AskOpinion, To: colleague.UserID, Text: "Чи вистачає довідки?", Opinion: cases.OpinionAsking{Days: 2}}
	for name, change := range map[string]func(*cases.Command){
		"themselves":           func(cmd *cases.Command) { cmd.To = clerk.UserID },
		"somebody elsewhere":   func(cmd *cases.Command) { cmd.To = r.OtherUsers[access.Administrator].UserID },
		"of another authority": func(cmd *cases.Command) { cmd.To = r.Users[access.Officer].UserID },
		"nobody":               func(cmd *cases.Command) { cmd.To = r.Service },
		"without a question":   func(cmd *cases.Command) { cmd.Text = " " },
		"without a day":        func(cmd *cases.Command) { cmd.Opinion.Days = 0 },
		"in a year":            func(cmd *cases.Command) { cmd.Opinion.Days = 31 },
	} {
		wrong := ask
		change(&wrong)
		if err := s.Do(t.Context(), clerk, c.ID, work().Case.Version, wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := work()
	do(clerk, ask)
	after := work()
	if !after.Case.DueOn.Equal(before.Case.DueOn) || after.Turn(access.InCentre(r.Centre)).Standing != cases.ToAct || len(after.AwaitedOpinions()) != 1 {
		t.Errorf("due on %s, %+v awaited", after.Case.DueOn, after.AwaitedOpinions())
	}
	if last := after.Events[len(after.Events)-1]; last.Kind != cases.EventOpinionAsked || last.Published || last.About != colleague.Name || last.Typed != ask.Text {
		t.Errorf("the history says %+v", last)
	}
	told := func(what string, who access.Actor, want [3]int) {
		t.Helper()
		if listed, rings, answers, _ := asked(t, r, s, who, at); [3]int{listed, rings, answers} != want {
			t.Errorf("%s: %s has %d in the list, it rings %d times, and %d times of an answer; want %v", what, who.Name, listed, rings, answers, want)
		}
	}
	told("asked", colleague, [3]int{1, 1, 0})
	told("asked", third, [3]int{})
	told("asked", clerk, [3]int{})
	do(third, cases.Command{Act: cases.Opinion, Text: "мене не питали"})
	told("somebody else has answered", colleague, [3]int{1, 1, 0})
	do(colleague, cases.Command{Act: cases.Opinion, Text: "вистачає"})
	if len(work().AwaitedOpinions()) != 0 {
		t.Error("it is awaited after the answer")
	}
	told("answered", colleague, [3]int{})
	told("answered", clerk, [3]int{0, 0, 1})
	if _, err := s.Undo(t.Context(), colleague, c.ID, work().Case.Version); err != nil {
		t.Fatal(err)
	}
	told("the answer was taken back", colleague, [3]int{1, 1, 0})
	told("the answer was taken back", clerk, [3]int{})

	ask.Opinion.Anybody = true
	do(third, ask)
	told("anybody is asked", clerk, [3]int{1, 1, 0})
	told("anybody is asked", third, [3]int{})
	do(clerk, cases.Command{Act: cases.Opinion, Text: "так"})
	told("somebody has answered", clerk, [3]int{})
	told("somebody has answered", third, [3]int{0, 0, 1})
	do(clerk, cases.Command{Act: cases.FinishStage})
	told("the case is with others", r.OtherUsers[access.Officer], [3]int{})
}

// Whoever asked takes the question back, and so does their head: whoever is asked has the case in their list no more and hears that it is
// over. Nobody else can, and nothing is taken back twice; the other question stands.
func TestAQuestionToAColleagueIsTakenBack(t *testing.T) {
	r, s, c := working(t)
	at := fixture.Now
	s = s.At(func() time.Time { return at })
	place := access.Grant{Group: access.Administrator, Place: access.InCentre(r.Centre)}
	clerk, head, colleague, third := r.Users[access.Administrator], r.Users[access.CentreHead], r.AddUser("colleague", place), r.AddUser("third", place)
	work := func(who access.Actor) *cases.Work {
		t.Helper()
		w, err := s.Work(t.Context(), who, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	do := func(who access.Actor, cmd cases.Command) error {
		t.Helper()
		at = at.Add(2 * time.Minute)
		return s.Do(t.Context(), who, c.ID, work(clerk).Case.Version, cmd)
	}
	must := func(who access.Actor, cmd cases.Command) {
		t.Helper()
		if err := do(who, cmd); err != nil {
			t.Fatalf("%s by %s: %v", cmd.Act, who.Name, err)
		}
	}
	told := func(what string, who access.Actor, want [3]int) {
		t.Helper()
		if listed, rings, _, recalled := asked(t, r, s, who, at); [3]int{listed, rings, recalled} != want {
			t.Errorf("%s: %s has %d in the list, it rings %d times, and %d times that it is over; want %v", what, who.Name, listed, rings, recalled, want)
		}
	}
	recall := cases.Command{Act: cases.RecallOpinion, Text: "з’ясовано телефоном"}
	must(clerk, cases.Command{Act: cases.Take})
	if err := do(clerk, recall); !fault.Is(err, fault.Conflict) {
		t.Errorf("nothing was asked: %v", err)
	}
	must(clerk, cases.Command{Act: cases.AskOpinion, To: colleague.UserID, Text: "Чи вистачає довідки?", Opinion: cases.OpinionAsking{Days: 2}})
	if err := do(third, recall); !fault.Is(err, fault.Conflict) {
		t.Errorf("by somebody who did not ask: %v", err)
	}
	must(clerk, cases.Command{Act: cases.AskOpinion, Text: "Хто знає цю вулицю?", Opinion: cases.OpinionAsking{Anybody: true, Days: 2}})
	told("asked twice", colleague, [3]int{1, 1, 0})
	if err := do(clerk, recall); !fault.Is(err, fault.Invalid) {
		t.Errorf("it is not said which of two: %v", err)
	}
	questions := work(clerk).Recallable()
	if len(questions) != 2 || len(work(third).Recallable()) != 0 || len(work(head).Recallable()) != 2 {
		t.Fatalf("%d to take back, by a colleague %d, by the head %d", len(questions), len(work(third).Recallable()), len(work(head).Recallable()))
	}
	recall.Question = questions[0].ID
	must(clerk, recall)
	last := work(clerk).Events[len(work(clerk).Events)-1]
	if last.Kind != cases.EventOpinionRecalled || last.Published || last.About != colleague.Name || last.Typed != recall.Text {
		t.Errorf("the history says %+v", last)
	}
	told("one was taken back", colleague, [3]int{1, 1, 1})
	told("one was taken back", third, [3]int{1, 1, 0})
	if err := do(clerk, recall); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same once more: %v", err)
	}
	must(head, cases.Command{Act: cases.RecallOpinion})
	told("both were taken back", colleague, [3]int{0, 0, 1})
	told("both were taken back", third, [3]int{0, 0, 1})
	told("both were taken back", clerk, [3]int{})
	if err := do(clerk, recall); !fault.Is(err, fault.Conflict) {
		t.Errorf("nothing is asked any more: %v", err)
	}
}
