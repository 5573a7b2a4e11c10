package applications_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/fault"
)

// A service can be applied for while it is published, quick, described, has a form in force and a centre that takes
// applications; otherwise whoever asks is told which of these it lacks.
func TestServicesThatCannotBeAppliedFor(t *testing.T) {
	region, offers := offered(t)
	for name, change := range map[string]struct {
		sql, undo string
		kind      fault.Kind
		key       string
	}{
		"not quick":        {"update catalogue.services set quick = false", "update catalogue.services set quick = true", fault.Conflict, "apply.not_online"},
		"not published":    {"update catalogue.services set published = false", "update catalogue.services set published = true", fault.NotFound, ""},
		"no card":          {"update catalogue.cards set published = false", "update catalogue.cards set published = true", fault.Conflict, "apply.not_online"},
		"card of tomorrow": {"update catalogue.cards set effective_from = '2999-01-01'", "update catalogue.cards set effective_from = '2026-01-01'", fault.Conflict, "apply.not_online"},
		"no form":          {"update catalogue.forms set published = false", "update catalogue.forms set published = true", fault.Conflict, "apply.not_online"},
		"form of tomorrow": {"update catalogue.forms set effective_from = '2999-01-01'", "update catalogue.forms set effective_from = '2026-01-01'", fault.Conflict, "apply.not_online"},
		"no centre":        {"update org.centres set published = false", "update org.centres set published = true", fault.Conflict, "apply.no_centre"},
	} {
		region.DB.Exec(change.sql)
		_, err := offers.Service(t.Context(), submissiontest.Code)
		if !fault.Is(err, change.kind) || change.key != "" && fault.MessageKey(err) != change.key {
			t.Errorf("%s: %v", name, err)
		}
		region.DB.Exec(change.undo)
		service(t, offers)
	}
	if _, err := offers.Service(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown service: %v", err)
	}
}

// What a receipt says outlives the service and the centre: both are named for as long as they are published.
func TestWhatAReceiptIsAbout(t *testing.T) {
	region, offers := offered(t)
	sent := func(place uuid.UUID) (string, string) {
		t.Helper()
		name, centre, err := offers.Sent(t.Context(), submissiontest.Code, place)
		must(t, err)
		if centre == nil {
			return name.UK, ""
		}
		return name.UK, centre.Code
	}
	region.DB.Exec("update catalogue.services set quick = false")
	if name, centre := sent(region.Centre); name != "Витяг з реєстру громади" || centre != "01" {
		t.Errorf("%q, %q", name, centre)
	}
	region.DB.Exec("update org.centres set published = false where id = $1", region.Centre)
	if name, centre := sent(region.Centre); name == "" || centre != "" {
		t.Errorf("without the centre: %q, %q", name, centre)
	}
	region.DB.Exec("update catalogue.services set published = false")
	if name, centre := sent(region.OtherCentre); name != "" || centre != "02" {
		t.Errorf("without the service: %q, %q", name, centre)
	}
}

// A database that is shut is no reason to say that a service cannot be applied for.
func TestOffersWhileTheDatabaseIsAway(t *testing.T) {
	region := submissiontest.New(t)
	pool := region.DB.Open("postgres://external_site@127.0.0.1:1/" + region.DB.Name + "?sslmode=disable")
	offers := applications.NewOffers(pool, time.Now)
	if _, err := offers.Service(t.Context(), submissiontest.Code); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
	if _, _, err := offers.Sent(t.Context(), submissiontest.Code, region.Centre); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v", err)
	}
}
