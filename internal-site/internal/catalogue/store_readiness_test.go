package catalogue_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/locale"
)

// Citizens are not shown a service without a card, nor offered to apply where nothing can receive the application.
func TestEmptyServiceIsNotPublished(t *testing.T) {
	r, s := newStore(t)
	ctx, head := t.Context(), r.Users[access.AuthorityHead]
	v := catalogue.Service{
		Code: "00077", Name: locale.Text{UK: "Порожня"}, ApplicantTypes: []string{"person"}, AuthorityID: &r.Authority,
		Centres: []uuid.UUID{r.Centre}, Quick: true, Published: true,
	}
	_, err := s.Save(ctx, head, v)
	if !hasField(err, "published") || !hasField(err, "quick") {
		t.Errorf("a new service, published at once: %v", err)
	}
	v.Published = false
	if v.ID, err = s.Save(ctx, head, v); err != nil {
		t.Fatal(err)
	}
	v.Version, v.Published, v.Quick = 1, true, false
	if _, err := s.Save(ctx, head, v); !hasField(err, "published") || hasField(err, "quick") {
		t.Errorf("without a card: %v", err)
	}
	// A service that citizens see already can still be edited, but not offered online without what that takes.
	whole, err := s.Get(ctx, r.Service)
	if err != nil {
		t.Fatal(err)
	}
	r.DB.Exec(`delete from catalogue.tech_cards where service_id = $1`, r.Service)
	r.DB.Exec(`update catalogue.services set published = true, quick = false where id = $1`, r.Service)
	whole.Published, whole.Quick = true, true
	if _, err := s.Save(ctx, head, whole); !hasField(err, "quick") || hasField(err, "published") {
		t.Errorf("online without a technological card: %v", err)
	}
	whole.Quick = false
	if _, err := s.Save(ctx, head, whole); err != nil {
		t.Errorf("a published service is edited: %v", err)
	}
}
