package catalogue

import (
	"fmt"
	"testing"

	"portal.example/shared/pgtest"
)

// A step that only an import has numbered is called after its first service; what is hidden or withdrawn is no step of anything.
const wayThrough = `
	insert into catalogue.life_situations (id, code, name, name_en, description, description_en, position, published)
	select md5('l' || n)::uuid, 'l' || n, 'Подія ' || n, '', '', '', n, n = 1 from generate_series(1, 2) n;
	insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, applicant_types, quick, published, updated_at)
	select md5('s' || n)::uuid, 's' || n, 'Послуга ' || n, '', '', '', '', '{person}', false, n <> 4, '2026-01-01' from generate_series(1, 6) n;
	insert into catalogue.service_situations (service_id, situation_id, step, note, note_en)
	select md5('s' || n)::uuid, md5('l' || l)::uuid, case n when 6 then 100 else n end, '', '' from generate_series(1, 6) n, generate_series(1, 2) l;
	insert into catalogue.elsewhere (id, code, name, name_en, words, provider, provider_en, url, position, published)
	select md5('e' || n)::uuid, 'e' || n, 'Паспорт ' || n, '', '', 'ДМС', '', '', n, n < 3 from generate_series(1, 3) n;
	insert into catalogue.situation_steps (situation_id, number, heading, heading_en, body, body_en, optional, term_kind, term_count, term_unit, term_law, term_law_en, elsewhere, published)
	select md5('l' || l)::uuid, n, 'Крок ' || n, 'Step ' || n, 'Порада', '', n = 3, case n when 3 then 'within' else '' end, case n when 3 then 30 else 0 end,
	  case n when 3 then 'days' else '' end, '', '', array[md5('e2')::uuid, md5('e3')::uuid, md5('e1')::uuid], l = 1
	from generate_series(1, 3, 2) n, generate_series(1, 2) l;`

func TestSteps(t *testing.T) {
	db := pgtest.External(t)
	db.Exec(wayThrough)
	s := NewStore(db.Pool, nil)
	steps, err := s.Steps(t.Context(), "l1")
	if err != nil || len(steps) != 2 {
		t.Fatalf("%+v, %v", steps, err)
	}
	last := steps[1]
	if last.Number != 3 || last.Heading.EN != "Step 3" || last.Text.UK != "Порада" || !last.Optional || last.Term != (StepTerm{Kind: "within", Count: 30, Unit: "days"}) {
		t.Errorf("%+v", last)
	}
	if len(last.Elsewhere) != 2 || last.Elsewhere[0].Name.UK != "Паспорт 2" || last.Elsewhere[1].Provider.UK != "ДМС" || last.Elsewhere[0].CheckedOn != nil {
		t.Errorf("%+v", last.Elsewhere)
	}
	if hidden, err := s.Steps(t.Context(), "l2"); err != nil || len(hidden) != 0 {
		t.Errorf("a hidden situation has steps: %+v, %v", hidden, err)
	}
}

func TestPlacesOfAService(t *testing.T) {
	db := pgtest.External(t)
	db.Exec(wayThrough)
	s := NewStore(db.Pool, nil)
	for code, want := range map[string]string{
		"s1": "1/4 |Послуга 2", "s2": "2/4 Крок 1|Крок 3", "s3": "3/4 Послуга 2|Послуга 5", "s5": "4/4 Крок 3|", "s6": "0/0 |",
	} {
		v, err := s.Service(t.Context(), code, 0, monday)
		if err != nil || len(v.Situations) != 1 {
			t.Fatalf("%s: %+v, %v", code, v.Situations, err)
		}
		p := v.Situations[0]
		if got := fmt.Sprintf("%d/%d %s|%s", p.Step, p.Steps, p.Before.UK, p.After.UK); got != want || p.Code != "l1" {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}
