package catalogue_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestSamplesArePublishedReplacedAndTakenBack(t *testing.T) {
	r := fixture.New(t)
	s := catalogue.NewStore(r.DB.PoolAs("internal_site"))
	head := r.Users[access.AuthorityHead]
	file := func() documents.File {
		return documents.File{
			Purpose: documents.Sample, FileName: "zrazok.png", MediaType: "image/png", Size: 1, SHA256: strings.Repeat("0", 64),
			ObjectKey: "templates/" + uuid.NewString(), ServiceID: &r.Service,
		}
	}
	sample := func(version int) catalogue.NewSample {
		return catalogue.NewSample{Title: locale.Text{UK: "Заповнена заява"}, Alt: locale.Text{UK: "Прізвище вгорі"}, Press: uuid.New(), Version: version}
	}
	for name, actor := range map[string]access.Actor{
		"nobody": {}, "who drafts cards": r.Users[access.Officer], "another authority": r.OtherUsers[access.AuthorityHead],
	} {
		if _, err := s.AddSample(t.Context(), actor, file(), sample(0)); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	result := file()
	result.Purpose = documents.Result
	if _, err := s.AddSample(t.Context(), head, result, sample(0)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a result as a sample: %v", err)
	}
	if _, err := s.AddSample(t.Context(), head, file(), catalogue.NewSample{}); len(fields(err)) != 2 {
		t.Errorf("without words: %v", err)
	}
	first := sample(0)
	for i, want := range []bool{true, false} { // the button was pressed twice
		if added, err := s.AddSample(t.Context(), head, file(), first); err != nil || added != want {
			t.Fatalf("press %d: %v, %v", i+1, added, err)
		}
	}
	if _, err := s.AddSample(t.Context(), head, file(), sample(0)); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page: %v", err)
	}
	second := sample(1)
	second.Replaces = first.Press
	if added, err := s.AddSample(t.Context(), head, file(), second); err != nil || !added {
		t.Fatal(err)
	}
	shown := func() (ids []uuid.UUID) {
		t.Helper()
		rows, err := r.DB.Pool.Query(t.Context(), `select s.id from catalogue.samples s join documents.files f on f.id = s.id and f.published where s.published`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id uuid.UUID
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		return ids
	}
	if ids := shown(); len(ids) != 1 || ids[0] != second.Press {
		t.Errorf("%v is published, want %v", ids, second.Press)
	}
	if err := s.WithdrawSample(t.Context(), head, r.Service, second.Press, ""); len(fields(err)) != 1 {
		t.Errorf("without a reason: %v", err)
	}
	if err := s.WithdrawSample(t.Context(), r.OtherUsers[access.AuthorityHead], r.Service, second.Press, "ні"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by another authority: %v", err)
	}
	if err := s.WithdrawSample(t.Context(), r.Users[access.RegionalManager], r.OtherService, second.Press, "ні"); !fault.Is(err, fault.Conflict) {
		t.Errorf("of another service: %v", err)
	}
	if err := s.WithdrawSample(t.Context(), head, r.Service, second.Press, "Застарів"); err != nil {
		t.Fatal(err)
	}
	if err := s.WithdrawSample(t.Context(), head, r.Service, second.Press, "Ще раз"); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	all, err := s.Samples(t.Context(), r.Users[access.Administrator], r.Service)
	if err != nil || len(all.List) != 2 || all.Version != 4 || all.List[0].WithdrawnAt == nil || len(shown()) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	for act, want := range map[string]int{"add": 2, "replace": 1, "withdraw": 1} {
		var n int
		err := r.DB.Pool.QueryRow(t.Context(), `select count(*) from audit.events where action = 'documents.sample.' || $1 and actor_id = $2`, act, head.UserID).Scan(&n)
		if err != nil || n != want {
			t.Errorf("%s: %d entries in the trail, %v", act, n, err)
		}
	}
	for i := range catalogue.MaxSamples + 1 {
		_, err := s.AddSample(t.Context(), head, file(), sample(4+i))
		if i < catalogue.MaxSamples && err != nil || i == catalogue.MaxSamples && len(fields(err)) != 1 {
			t.Errorf("sample %d: %v", i+1, err)
		}
	}
}
