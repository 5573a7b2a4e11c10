package catalogue_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func now() time.Time { return fixture.Now }

func newStore(t *testing.T) (*fixture.Region, *catalogue.Store) {
	t.Helper()
	r := fixture.New(t)
	return r, catalogue.NewStore(r.DB.PoolAs("internal_site")).At(now)
}

func TestList(t *testing.T) {
	r, s := newStore(t)
	for i, name := range []string{"Ґрати на вікна", "Об'єднання громадян", "Єдиний квиток", "Їжа для дітей", "Іменна стипендія"} {
		r.AddService(fmt.Sprintf("9000%d", i), name, r.Authority, r.Centre)
	}
	draft := r.AddService("90009", "Яблуневий сад", r.OtherAuthority, r.OtherCentre)
	r.AddCard(draft, 1, "draft", "2027-01-01", fixture.Card())
	for name, tt := range map[string]struct {
		filter catalogue.Filter
		want   []string
	}{
		"alphabet": {catalogue.Filter{AuthorityID: r.Authority}, []string{
			"Ґрати на вікна", "Єдиний квиток", "Іменна стипендія", "Їжа для дітей", "Об'єднання громадян", "Призначення допомоги при народженні дитини",
		}},
		"any apostrophe, any case": {catalogue.Filter{Q: "ОБʼЄДНАННЯ"}, []string{"Об'єднання громадян"}},
		"code":                     {catalogue.Filter{Q: "01-01/01"}, []string{"Витяг із земельного кадастру"}},
		"words in any order":       {catalogue.Filter{Q: "дитини допомоги"}, []string{"Призначення допомоги при народженні дитини"}},
		"has a draft":              {catalogue.Filter{CardState: "draft"}, []string{"Яблуневий сад"}},
		"has a published card":     {catalogue.Filter{CardState: "published", CentreID: r.OtherCentre}, []string{"Витяг із земельного кадастру"}},
		"LIKE's own signs":         {catalogue.Filter{Q: "%_"}, nil},
		"second page":              {catalogue.Filter{AuthorityID: r.Authority, Page: 2, Size: 4}, []string{"Об'єднання громадян", "Призначення допомоги при народженні дитини"}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.filter.Size == 0 {
				tt.filter.Size = 50
			}
			rows, _, err := s.List(t.Context(), r.Users[access.Officer], tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, row.Name.UK)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestSaveService(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	v, err := s.Get(ctx, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	v.Name.EN, v.Centres = "Benefit", []uuid.UUID{r.Centre, r.OtherCentre}
	if _, err := s.Save(ctx, head, v); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, head, v); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale save: %v", err)
	}
	v.Version++
	v.AuthorityID = &r.OtherAuthority
	if _, err := s.Save(ctx, head, v); !hasField(err, "authority_id") {
		t.Errorf("giving the service to another authority: %v", err)
	}
	fresh := catalogue.Service{Code: "00034", Name: locale.Text{UK: "Ще одна"}, ApplicantTypes: []string{"person"}, AuthorityID: &r.Authority}
	if _, err := s.Save(ctx, head, fresh); !fault.Is(err, fault.Invalid) {
		t.Errorf("a code that is taken: %v", err)
	}
	fresh.Code = "00035"
	if _, err := s.Save(ctx, head, fresh); err != nil {
		t.Errorf("a new service: %v", err)
	}
}
