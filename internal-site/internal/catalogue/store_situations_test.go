package catalogue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// path is a situation in short: the headings of its steps with the codes of their services, then those beside.
func path(v catalogue.Situation) string {
	var parts []string
	codes := func(services []catalogue.OnPath) string {
		var list []string
		for _, o := range services {
			list = append(list, o.Code)
		}
		slices.Sort(list)
		return strings.Join(list, "+")
	}
	for _, s := range v.Steps {
		parts = append(parts, s.Heading.UK+":"+codes(s.Services))
	}
	return strings.Join(append(parts, "|"+codes(v.Beside)), " ")
}

func TestSituationsAreKept(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewSituations(r.DB.PoolAs("internal_site"))
	manager, head := r.Users[access.RegionalManager], r.Users[access.CentreHead]
	v := catalogue.Situation{ID: uuid.New(), Name: locale.Text{UK: " Народилася дитина "}, Published: true}
	if err := s.Save(t.Context(), head, v); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a head of a centre adds: %v", err)
	}
	for range 2 { // the button was pressed twice
		if err := s.Save(t.Context(), manager, v); err != nil {
			t.Fatal(err)
		}
	}
	again := v
	again.ID = uuid.New()
	if err := s.Save(t.Context(), manager, again); len(fields(err)) != 1 || fields(err)[0] != "name.uk" {
		t.Errorf("another of the name: %v", err)
	}
	ids := map[string]uuid.UUID{}
	for _, code := range []string{"a", "b", "c", "d"} {
		ids[code] = uuid.New()
		r.DB.Exec(`insert into catalogue.services (id, code, name) values ($1, $2, $2)`, ids[code], code)
	}
	// An import gave a and b the first step, with a word of its own, and c the fifth; d stands beside, with another.
	r.DB.Exec(`insert into catalogue.service_situations (service_id, situation_id, step, note, service_published) values
		($1, $5, 1, 'Спершу', false), ($2, $5, 1, '', false), ($3, $5, 5, '', false), ($4, $5, 100, 'Згодом', false)`, ids["a"], ids["b"], ids["c"], ids["d"], v.ID)
	get := func(want string) catalogue.Situation {
		t.Helper()
		got, err := s.Get(t.Context(), head, v.ID)
		if err != nil || path(got) != want {
			t.Fatalf("%s, %v; want %s", path(got), err, want)
		}
		return got
	}
	got := get(":a+b :c |d")
	if got.Name.UK != "Народилася дитина" || got.Services != 4 {
		t.Errorf("%+v", got)
	}
	step := got.Steps[0].Edited()
	if step.Text.UK != "Спершу" {
		t.Errorf("the note is not part of the text: %+v", step)
	}
	step.Heading, step.Services = locale.Text{UK: "Зареєструйте"}, slices.DeleteFunc(step.Services, func(o catalogue.OnPath) bool { return o.Code == "b" })
	step.Term = catalogue.StepTerm{Kind: "within", Count: 1, Unit: "months", Law: locale.Text{UK: "ст. 13"}}
	if err := s.SaveStep(t.Context(), head, v.ID, 1, 1, step); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a head of a centre writes a step: %v", err)
	}
	if err := s.SaveStep(t.Context(), manager, v.ID, 1, 1, step); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveStep(t.Context(), manager, v.ID, 1, 1, step); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale step: %v", err)
	}
	got = get("Зареєструйте:a :c |b+d")
	if got.Version != 2 || got.Steps[0].Term != step.Term || got.Steps[0].Text.UK != "Спершу" || got.Steps[0].Services[0].Note.UK != "" {
		t.Errorf("%+v", got)
	}
	taken := catalogue.SituationStep{Heading: locale.Text{UK: "Ще"}, Services: []catalogue.OnPath{{ID: ids["a"]}}}
	if err := s.SaveStep(t.Context(), manager, v.ID, 2, 0, taken); len(fields(err)) != 1 || fields(err)[0] != "services" {
		t.Errorf("a service has two places: %v", err)
	}
	taken.Services = []catalogue.OnPath{{ID: ids["d"]}, {ID: uuid.New()}}
	if err := s.SaveStep(t.Context(), manager, v.ID, 2, 0, taken); len(fields(err)) != 1 || fields(err)[0] != "services" {
		t.Errorf("a service that is not there: %v", err)
	}
	taken.Services = taken.Services[:1]
	if err := s.SaveStep(t.Context(), manager, v.ID, 2, 0, taken); err != nil {
		t.Fatal(err)
	}
	if err := s.MoveStep(t.Context(), manager, v.ID, 3, 3, -1); err != nil {
		t.Fatal(err)
	}
	if got = get("Зареєструйте:a Ще:d :c |b"); got.Steps[1].Services[0].Note.UK != "Згодом" {
		t.Errorf("what an import said of a service beside the path is lost: %+v", got.Steps[1])
	}
	if err := s.RemoveStep(t.Context(), manager, v.ID, 4, 1); err != nil {
		t.Fatal(err)
	}
	got = get("Ще:d :c |a+b")
	got.Published = false
	if err := s.Save(t.Context(), manager, got); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from catalogue.situation_steps where published`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d steps of a hidden situation leave: %v", left, err)
	}
	if by, err := s.LastChange(t.Context(), v.ID); err != nil || by.Name != manager.Name {
		t.Errorf("%+v, %v", by, err)
	}
}

// What leaves of a service's place on a path follows the service and the life situation, whoever hides or shows them.
func TestPlacesOnPathsAreHiddenWithTheirEnds(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewSituations(r.DB.PoolAs("internal_site"))
	v := catalogue.Situation{ID: uuid.New(), Name: locale.Text{UK: "Переїзд"}}
	service := uuid.New()
	r.DB.Exec(`insert into catalogue.services (id, code, name) values ($1, 'a', 'a')`, service)
	manager := r.Users[access.RegionalManager]
	leaves := func(want bool) {
		t.Helper()
		var got bool
		err := r.DB.Pool.QueryRow(t.Context(), `select service_published and situation_published from catalogue.service_situations`).Scan(&got)
		if err != nil || got != want {
			t.Errorf("leaves: %v, %v; want %v", got, err, want)
		}
	}
	if err := s.Save(t.Context(), manager, v); err != nil {
		t.Fatal(err)
	}
	step := catalogue.SituationStep{Heading: locale.Text{UK: "Зареєструйте"}, Services: []catalogue.OnPath{{ID: service, Note: locale.Text{UK: "Спершу"}}}}
	if err := s.SaveStep(t.Context(), manager, v.ID, 1, 0, step); err != nil {
		t.Fatal(err)
	}
	leaves(false)
	r.DB.Exec(`update catalogue.services set published = true`)
	leaves(false)
	v.Published, v.Version = true, 2
	if err := s.Save(t.Context(), manager, v); err != nil {
		t.Fatal(err)
	}
	leaves(true)
	r.DB.Exec(`update catalogue.services set published = false`)
	leaves(false)
}

// A service or a life situation that is published at the moment at which they are brought together is waited for, and is not gone.
func TestPlacesAreWrittenWhileTheirEndsArePublished(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewSituations(r.DB.PoolAs("internal_site"))
	manager := r.Users[access.RegionalManager]
	situation := catalogue.Situation{ID: uuid.New(), Name: locale.Text{UK: "Переїзд"}}
	if err := s.Save(t.Context(), manager, situation); err != nil {
		t.Fatal(err)
	}
	service := uuid.New()
	r.DB.Exec(`insert into catalogue.services (id, code, name) values ($1, 'a', 'a')`, service)
	other, err := catalogue.NewStore(r.DB.PoolAs("internal_site")).Get(t.Context(), r.Service)
	if err != nil {
		t.Fatal(err)
	}
	other.Situations = append(other.Situations, situation.ID)
	while := func(sql string, id uuid.UUID, write func() error) {
		t.Helper()
		tx, err := r.DB.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(t.Context()) //nolint:errcheck // it is over by then
		if _, err := tx.Exec(t.Context(), sql, id); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- write() }()
		for waits := 0; waits == 0; {
			if len(done) > 0 {
				t.Fatalf("it did not wait: %v", <-done)
			}
			if err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from pg_locks where not granted`).Scan(&waits); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	while(`update catalogue.services set published = true where id = $1`, service, func() error {
		step := catalogue.SituationStep{Heading: locale.Text{UK: "Зареєструйте"}, Services: []catalogue.OnPath{{ID: service}}}
		return s.SaveStep(t.Context(), manager, situation.ID, 1, 0, step)
	})
	while(`update catalogue.life_situations set published = true where id = $1`, situation.ID, func() error {
		_, err := catalogue.NewStore(r.DB.PoolAs("internal_site")).Save(t.Context(), manager, other)
		return err
	})
}

func TestSituationsHaveAnOrder(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewSituations(r.DB.PoolAs("internal_site"))
	manager := r.Users[access.RegionalManager]
	r.DB.Exec(`delete from catalogue.life_situations`)
	ids := map[string]uuid.UUID{}
	for _, name := range []string{"а", "б", "в"} {
		ids[name] = uuid.New()
		r.DB.Exec(`insert into catalogue.life_situations (id, code, name) values ($1, $2, $2)`, ids[name], name)
	}
	for _, move := range []struct {
		name     string
		from, by int
		want     string
		conflict bool
	}{
		{"в", 3, -1, "авб", false},
		{"в", 3, -1, "авб", false}, // pressed twice
		{"в", 2, -1, "ваб", false},
		{"в", 1, -1, "ваб", false},
		{"а", 2, 1, "вба", false},
		{"в", 3, -1, "вба", true}, // somebody else has moved it since
	} {
		if err := s.Move(t.Context(), manager, ids[move.name], move.from, move.by); fault.Is(err, fault.Conflict) != move.conflict || err != nil && !move.conflict {
			t.Fatal(err)
		}
		list, total, err := s.List(t.Context(), manager, 1, 50)
		got := ""
		for _, v := range list {
			got += v.Name.UK
		}
		if err != nil || total != 3 || got != move.want {
			t.Errorf("%s by %d: %s of %d, %v; want %s", move.name, move.by, got, total, err, move.want)
		}
	}
	if err := s.Move(t.Context(), r.Users[access.CentreHead], ids["а"], 3, 1); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a head of a centre moves: %v", err)
	}
}

func TestAStepIsChecked(t *testing.T) {
	ok := catalogue.SituationStep{Heading: locale.Text{UK: "Х"}, Text: locale.Text{UK: "У"}}
	for field, spoil := range map[string]func(*catalogue.SituationStep){
		"heading.uk": func(s *catalogue.SituationStep) { s.Heading.UK = "" },
		"heading.en": func(s *catalogue.SituationStep) { s.Heading.EN = strings.Repeat("x", 201) },
		"text.uk":    func(s *catalogue.SituationStep) { s.Text.UK = "" },
		"term":       func(s *catalogue.SituationStep) { s.Term = catalogue.StepTerm{Kind: "soon", Count: 1, Unit: "days"} },
		"count":      func(s *catalogue.SituationStep) { s.Term = catalogue.StepTerm{Kind: "within", Unit: "days"} },
		"unit":       func(s *catalogue.SituationStep) { s.Term = catalogue.StepTerm{Kind: "within", Count: 1} },
		"services":   func(s *catalogue.SituationStep) { s.Services = make([]catalogue.OnPath, 11) },
	} {
		step := ok
		spoil(&step)
		if got := fields(step.Check()); len(got) != 1 || got[0] != field {
			t.Errorf("%s: %v", field, got)
		}
	}
	if err := ok.Check(); err != nil {
		t.Error(err)
	}
}
