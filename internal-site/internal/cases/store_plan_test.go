package cases_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
)

// parallel is a case at which two authorities work at the same time: its centre has handed it on.
func parallel(t *testing.T) (*fixture.Region, *cases.Store, cases.Case) {
	t.Helper()
	r, s, _ := working(t)
	r.RunOn(fixture.ParallelCard(r.Authority, r.OtherAuthority))
	f := filing(r)
	f.ReceiptNumber = "PARA-LLEL"
	c, err := register(t.Context(), r.DB.PoolAs("intake"), f)
	if err != nil {
		t.Fatal(err)
	}
	for version, act := range []cases.Act{cases.Take, cases.FinishStage} {
		if err := s.Do(t.Context(), r.Users[access.Administrator], c.ID, version+1, cases.Command{Act: act}); err != nil {
			t.Fatal(err)
		}
	}
	return r, s, c
}

// ends is what somebody's page sends to end their stage, and the version that it shows.
func ends(t *testing.T, s *cases.Store, who access.Actor, c cases.Case, chosen string) (int, cases.Command) {
	t.Helper()
	w, err := s.Work(t.Context(), who, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	stage := w.StageOf(who)
	if stage == nil {
		t.Fatal("they have no stage to end")
	}
	return w.Case.Version, cases.Command{Act: cases.FinishStage, Chosen: chosen, Seen: stage.Seen()}
}

func statesOf(t *testing.T, s *cases.Store, who access.Actor, c cases.Case) (states []cases.StageState) {
	t.Helper()
	w, err := s.Work(t.Context(), who, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range w.Stages {
		states = append(states, st.State)
	}
	return states
}

// Both authorities end their stages at the same moment, from pages that showed the same version. Both are done, and what waits for
// both begins once.
func TestTwoAuthoritiesEndTheirStagesAtOnce(t *testing.T) {
	for range 5 {
		r, s, c := parallel(t)
		officers := map[string]access.Actor{"": r.Users[access.Officer], "clear": r.OtherUsers[access.Officer]}
		var begun, all sync.WaitGroup
		begun.Add(1)
		for chosen, who := range officers {
			version, cmd := ends(t, s, who, c, chosen)
			all.Go(func() {
				begun.Wait()
				if err := s.Do(context.WithoutCancel(t.Context()), who, c.ID, version, cmd); err != nil {
					t.Error(err)
				}
			})
		}
		begun.Done()
		all.Wait()
		want := []cases.StageState{cases.StageDone, cases.StageDone, cases.StageDone, cases.StageSkipped, cases.StageActive, cases.StageWaiting}
		if got := statesOf(t, s, r.Users[access.Officer], c); !slices.Equal(got, want) {
			t.Fatalf("%v", got)
		}
		var started, skipped, turns int
		if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) filter (where kind = 'stage_started'), count(*) filter (where kind = 'stage_skipped'),
			(select count(*) from cases.turns where case_id = $1 and standing = 'turn') from cases.events where case_id = $1`, c.ID).Scan(&started, &skipped, &turns); err != nil {
			t.Fatal(err)
		}
		if started != 4 || skipped != 1 || turns != 1 { // reception, two at once, the decision
			t.Fatalf("%d stages started, %d left out, %d turns", started, skipped, turns)
		}
	}
}

// A stale page ends the stage that it showed and nothing else: not twice, not one that has begun anew since, and not where the stages
// of the card follow one another.
func TestAStalePageEndsOnlyTheStageThatItShowed(t *testing.T) {
	r, s, c := parallel(t)
	officer, other := r.Users[access.Officer], r.OtherUsers[access.Officer]
	version, cmd := ends(t, s, officer, c, "")
	if err := s.Do(t.Context(), other, c.ID, version, cases.Command{Act: cases.Note, Text: "колега пише"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(t.Context(), officer, c.ID, version, cases.Command{Act: cases.FinishStage}); !fault.Is(err, fault.Conflict) {
		t.Errorf("without saying which stage: %v", err)
	}
	if err := s.Do(t.Context(), officer, c.ID, version, cmd); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(t.Context(), officer, c.ID, version, cmd); err == nil {
		t.Error("the same page ended a stage twice")
	}
	if err := s.Do(t.Context(), other, c.ID, version, cases.Command{Act: cases.FinishStage, Chosen: "clear", Seen: cmd.Seen}); !fault.Is(err, fault.Conflict) {
		t.Errorf("by the page of another: %v", err)
	}
}

// A case with two open turns stands once in each party's lists, and once in a list of all; every number is the length of its list.
func TestACaseWithTwoTurnsStandsOnceInEachList(t *testing.T) {
	r, s, c := parallel(t)
	both := r.AddUser("both", access.Grant{Group: access.Officer, Place: access.InAuthority(r.Authority)}, access.Grant{Group: access.Officer, Place: access.InAuthority(r.OtherAuthority)})
	for name, tt := range map[string]struct {
		who    access.Actor
		filter cases.Filter
		stage  string
		beside int
	}{
		"the pool of the one":                 {r.Users[access.Officer], cases.Filter{View: cases.ViewPool}, "Проєкт рішення", 1},
		"the pool of the other":               {r.OtherUsers[access.Officer], cases.Filter{View: cases.ViewPool}, "Висновок", 1},
		"the pool of somebody in both":        {both, cases.Filter{View: cases.ViewPool}, "Проєкт рішення", 1},
		"what the clerk waits for":            {r.Users[access.Administrator], cases.Filter{View: cases.ViewOthers}, "Проєкт рішення", 1},
		"everything, for the region":          {r.Users[access.RegionalManager], cases.Filter{Nobody: true}, "Проєкт рішення", 1},
		"everything of the other":             {r.OtherUsers[access.Officer], cases.Filter{Q: c.Number}, "Висновок", 1},
		"everything that the one can look at": {r.Users[access.Officer], cases.Filter{ServiceID: r.Service}, "Проєкт рішення", 1},
	} {
		list, _, err := s.List(t.Context(), tt.who, sized(tt.filter))
		if err != nil {
			t.Fatal(err)
		}
		var rows []cases.Row
		for _, row := range list {
			if row.ID == c.ID {
				rows = append(rows, row)
			}
		}
		if len(rows) != 1 {
			t.Errorf("%s: it stands there %d times", name, len(rows))
			continue
		}
		if rows[0].Stage.UK != tt.stage || rows[0].Beside != tt.beside {
			t.Errorf("%s: at %q, with %d others", name, rows[0].Stage.UK, rows[0].Beside)
		}
		checkCount(t, s, tt.who, tt.filter)
	}
}

func sized(f cases.Filter) cases.Filter {
	f.Page, f.Size = 1, 50
	return f
}

// A stage that is inserted stands between the others of this one case, for whom it was meant, and the card and other cases are as they
// were. Taken out again, it leaves a trace.
func TestAStageIsInsertedIntoOneCase(t *testing.T) {
	r, s, c := working(t)
	admin, officer, other := r.Users[access.Administrator], r.Users[access.Officer], r.OtherUsers[access.Officer]
	do := func(who access.Actor, cmd cases.Command) *cases.Work {
		t.Helper()
		w, err := s.Work(t.Context(), who, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Do(t.Context(), who, c.ID, w.Case.Version, cmd); err != nil {
			t.Fatal(cmd.Act, err)
		}
		if w, err = s.Work(t.Context(), who, c.ID); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := do(admin, cases.Command{Act: cases.Take})
	into := cases.Inserting{Kind: "opinion", Place: r.OtherAuthority, Days: 4, Where: cases.InsertBeside, Stage: w.Stages[0].ID}
	insert := cases.Command{Act: cases.InsertStage, Text: "є сумніви", Insert: into}
	for name, wrong := range map[string]func(*cases.Inserting){
		"an authority that is none": func(in *cases.Inserting) { in.Place = r.Service },
		"no days":                   func(in *cases.Inserting) { in.Days = 0 },
		"a stage of another case":   func(in *cases.Inserting) { in.Stage = fixture.NewID() },
		"two of one party at once":  func(in *cases.Inserting) { in.Stage = w.Stages[1].ID },
		"what others work on stops": func(in *cases.Inserting) { in.Where = cases.InsertBefore },
	} {
		cmd := insert
		wrong(&cmd.Insert)
		if err := s.Do(t.Context(), officer, c.ID, w.Case.Version, cmd); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, who := range []access.Actor{admin, other, r.OtherUsers[access.AuthorityHead], r.Users[access.RegionalManager]} {
		if err := s.Do(t.Context(), who, c.ID, w.Case.Version, insert); !fault.Is(err, fault.Forbidden) {
			t.Errorf("by somebody who may not: %v", err)
		}
	}
	w = do(officer, insert)
	if len(w.Stages) != 4 || w.Stages[1].State != cases.StageActive || !w.Stages[1].IsInserted() || !slices.Equal(w.Waits(2), []int{0, 1}) {
		t.Fatalf("%+v, the next waits for %v", w.Stages[1], w.Waits(2))
	}
	if got := w.Turn(access.InAuthority(r.OtherAuthority)); got.Standing != cases.ToAct || got.DueOn == nil {
		t.Errorf("it stands for the authority as %+v", got)
	}
	w = do(officer, cases.Command{Act: cases.DropStage, Text: "вже не треба", Stage: w.Stages[1].ID})
	if w.Stages[1].State != cases.StageSkipped || w.Stages[0].State != cases.StageActive {
		t.Errorf("taken out it is %s", w.Stages[1].State)
	}
	var inside, outside, trail int
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) filter (where typed <> ''), count(*) filter (where published),
		(select count(*) from audit.events where object_id = $2 and action in ('cases.case.insert_stage', 'cases.case.drop_stage'))
		from cases.events where case_id = $1 and kind in ('stage_inserted', 'stage_dropped')`, c.ID, c.ID.String()).Scan(&inside, &outside, &trail); err != nil {
		t.Fatal(err)
	}
	if inside != 2 || outside != 0 || trail != 2 {
		t.Errorf("%d say why, %d leave, the trail has %d", inside, outside, trail)
	}
	if n, err := s.Reckon(t.Context()); err != nil || n != 0 {
		t.Errorf("%d cases stand otherwise than written: %v", n, err)
	}
}

// Whoever looks on finds a case among those that are late when any of its parties is late, also while its centre has more time.
func TestWhoeverIsLateMakesACaseLate(t *testing.T) {
	r, s, c := parallel(t)
	r.DB.Exec(`update cases.turns set standing = 'turn', due_on = $2 where case_id = $1 and place = $3`, c.ID, fixture.Now.AddDate(0, 0, 5), r.Centre)
	r.DB.Exec(`update cases.turns set due_on = $2 where case_id = $1 and place = $3`, c.ID, fixture.Now.AddDate(0, 0, -1), r.OtherAuthority)
	manager := r.Users[access.RegionalManager]
	list, total, err := s.List(t.Context(), manager, cases.Filter{Due: "overdue", Size: 10})
	if err != nil || total != 1 || len(list) != 1 || list[0].ID != c.ID || !list[0].Late(fixture.Now) {
		t.Fatalf("%d are late: %+v, %v", total, list, err)
	}
	counts, err := s.Count(t.Context(), manager, cases.Filter{Due: "overdue"}, cases.Filter{Due: "soon"}, cases.Filter{})
	if err != nil || counts[0] != 1 || counts[2] != 2 {
		t.Errorf("%v, %v", counts, err)
	}
}
