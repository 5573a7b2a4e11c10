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
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func now() time.Time { return fixture.Now }

func newStore(t *testing.T) (*fixture.Region, *catalogue.Store) {
	t.Helper()
	r := fixture.Load(t, pgtest.Internal(t))
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

// A card goes from draft to approved to published; the earlier one gives way, and nothing approved changes.
func TestCardFromDraftToPublication(t *testing.T) {
	r, s := newStore(t)
	ctx, admin, head := t.Context(), r.Users[access.Administrator], r.Users[access.AuthorityHead]
	id, err := s.StartCard(ctx, admin, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := s.StartCard(ctx, head, r.Service); err != nil || again != id {
		t.Errorf("a second draft: %v, %v", again, err)
	}
	card, err := s.Card(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if card.Number != 2 || card.Content.Result.UK != fixture.Card().Result.UK {
		t.Errorf("the draft does not repeat the newest version: %+v", card)
	}
	card.Content.Description.UK = `<p onclick="x()">Новий опис</p><script>alert(1)</script>`
	card.Content.Documents = append(card.Content.Documents, contract.Document{Name: locale.Text{UK: "Довідка"}}, contract.Document{})
	if err := s.SaveCard(ctx, admin, card); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveCard(ctx, head, card); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale save: %v", err)
	}
	card, err = s.Card(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if card.Content.Description.UK != "<p>Новий опис</p>" || len(card.Content.Documents) != 3 || card.Content.Documents[2].ID == "" {
		t.Errorf("saved: %q, %+v", card.Content.Description.UK, card.Content.Documents)
	}
	if err := s.PublishCard(ctx, head, card.Meta); !fault.Is(err, fault.Conflict) {
		t.Errorf("publishing a draft: %v", err)
	}
	if err := s.ApproveCard(ctx, admin, card.Meta); !fault.Is(err, fault.Forbidden) {
		t.Errorf("approved by an administrator: %v", err)
	}
	if err := s.ApproveCard(ctx, head, card.Meta); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.SaveCard(ctx, admin, card); !fault.Is(err, fault.Conflict) {
		t.Errorf("editing what was approved: %v", err)
	}
	if err := s.PublishCard(ctx, r.OtherUsers[access.AuthorityHead], card.Meta); !fault.Is(err, fault.Forbidden) {
		t.Errorf("published by another authority: %v", err)
	}
	if err := s.PublishCard(ctx, head, card.Meta); err != nil {
		t.Fatal(err)
	}
	states := map[int]catalogue.CardState{}
	versions, err := s.Cards(ctx, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		states[v.Number] = v.State
	}
	if states[1] != catalogue.Withdrawn || states[2] != catalogue.Published {
		t.Errorf("states %v", states)
	}
}

// A version that begins later leaves the present one in force.
func TestFutureVersionWaits(t *testing.T) {
	r, s := newStore(t)
	ctx, manager := t.Context(), r.Users[access.RegionalManager]
	id, err := s.StartCard(ctx, manager, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.Card(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	card.EffectiveFrom = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := s.SaveCard(ctx, manager, card); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.ApproveCard(ctx, manager, card.Meta); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.PublishCard(ctx, manager, card.Meta); err != nil {
		t.Fatal(err)
	}
	if inForce, err := s.CardInForce(ctx, r.Service); err != nil || inForce.Number != 1 {
		t.Errorf("today %d, %v", inForce.Number, err)
	}
	later := s.At(func() time.Time { return fixture.Now.AddDate(0, 2, 0) })
	if inForce, err := later.CardInForce(ctx, r.Service); err != nil || inForce.Number != 2 {
		t.Errorf("in January %d, %v", inForce.Number, err)
	}
}

func TestSaveCardRefusesThePast(t *testing.T) {
	r, s := newStore(t)
	id, err := s.StartCard(t.Context(), r.Users[access.Officer], r.Service)
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.Card(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	card.EffectiveFrom = card.EffectiveFrom.AddDate(0, 0, -1)
	if err := s.SaveCard(t.Context(), r.Users[access.Officer], card); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

// Templates leave exactly while a published card names them.
func TestTemplatesFollowTheCard(t *testing.T) {
	r, s := newStore(t)
	ctx, manager := t.Context(), r.Users[access.RegionalManager]
	file := fixture.NewID()
	r.DB.Exec(`insert into documents.files (id, purpose, title, file_name, media_type, size, sha256, object_key, service_id)
		values ($1, 'template', 'Бланк', 'form.pdf', 'application/pdf', 1, repeat('0', 64), 'templates/x', $2)`, file, r.Service)
	published := func() (yes bool) {
		if err := r.DB.Pool.QueryRow(ctx, `select published from documents.files where id = $1`, file).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	id, err := s.StartCard(ctx, manager, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.Card(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	card.Content.Templates = []contract.FileRef{{ID: file, Title: locale.Text{UK: "Бланк"}}}
	for _, step := range []func() error{
		func() error { return s.SaveCard(ctx, manager, card) },
		func() error { return s.ApproveCard(ctx, manager, card.Meta) },
		func() error { return s.PublishCard(ctx, manager, card.Meta) },
	} {
		if published() {
			t.Fatal("the template left before its card was published")
		}
		if err := step(); err != nil {
			t.Fatal(err)
		}
		card.Version++
	}
	if !published() {
		t.Error("the template stayed inside")
	}
	if err := s.WithdrawCard(ctx, manager, card.Meta); err != nil {
		t.Fatal(err)
	}
	if published() {
		t.Error("the template stays outside after its card was withdrawn")
	}
}

func TestTechCard(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	id, err := s.StartTechCard(ctx, head, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	card, err := s.TechCard(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	card.Content.Stages[1].Days = 50
	if err := s.SaveTechCard(ctx, head, card); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.ApproveTechCard(ctx, head, card.Meta); !fault.Is(err, fault.Invalid) {
		t.Errorf("54 days of at most 10: %v", err)
	}
	card.Content.Stages[1].Days = 5
	if err := s.SaveTechCard(ctx, head, card); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.ApproveTechCard(ctx, head, card.Meta); err != nil {
		t.Fatal(err)
	}
	card.Version++
	if err := s.PublishTechCard(ctx, head, card.Meta); err != nil {
		t.Fatal(err)
	}
	if inForce, err := s.TechCardInForce(ctx, r.Service); err != nil || inForce.Number != 2 {
		t.Errorf("in force %d, %v", inForce.Number, err)
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
	if _, err := s.Save(ctx, head, v); !fault.Is(err, fault.Forbidden) {
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
