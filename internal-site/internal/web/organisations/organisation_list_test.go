package organisations_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/organisations"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
)

// bodies are organisations that are in no database: pages are shown what a test says. What it says nothing of is a nil
// pointer, and asking for it fails the test.
type bodies struct {
	organisations.Organisations
	centres []org.Summary
	one     org.Organisation
	asked   string // what was looked for
	err     error
}

func (b *bodies) Summaries(_ context.Context, kind org.Kind, q string) ([]org.Summary, error) {
	b.asked = q
	if kind == org.Authority {
		return nil, b.err
	}
	return b.centres, b.err
}

func (b *bodies) Get(_ context.Context, kind org.Kind, _ uuid.UUID) (org.Organisation, error) {
	b.one.Kind = kind
	return b.one, b.err
}

// as is a browser of somebody in the group.
func (b *bodies) as(t *testing.T, group access.GroupCode) webtest.Client {
	t.Helper()
	return webtest.Alone(t, webtest.Member(group, access.In(group.Place(), uuid.Max)), organisations.Area(organisations.Deps{Orgs: b}))
}

func TestOrganisationList(t *testing.T) {
	hidden := org.Summary{
		Name:    org.Name{ID: uuid.Max, Code: "07", Name: locale.Text{UK: "ЦНАП <b>", EN: "Vyshneve Centre"}},
		Address: locale.Text{UK: "вул. Соборна, 1"}, Phones: []string{"+380 44 111 22 33"}, Services: 12,
	}
	b := &bodies{centres: []org.Summary{hidden}}
	list := b.as(t, access.RegionalManager).Get("/organisations?q=цнап")
	webtest.Shows(t, list, http.StatusOK, "ЦНАП &lt;b&gt;", "вул. Соборна, 1", "380 44 111 22 33", "/services?centre="+uuid.Max.String(),
		`href="/organisations/centres/new"`, `href="/organisations/authorities/new"`, `value="цнап"`, "не оприлюднено")
	if b.asked != "цнап" {
		t.Errorf("looked for %q", b.asked)
	}
	webtest.Shows(t, b.as(t, access.RegionalManager).Get("/organisations?lang=en"), http.StatusOK, "Vyshneve Centre")
	webtest.Lacks(t, b.as(t, access.Officer).Get("/organisations"), "/organisations/centres/new")
}

func TestOrganisationListWithoutOrganisations(t *testing.T) {
	list := (&bodies{}).as(t, access.RegionalManager).Get("/organisations")
	webtest.Shows(t, list, http.StatusOK, "/organisations/centres/new")
	webtest.Lacks(t, list, "<table")
	webtest.Shows(t, (&bodies{err: errors.New("broken")}).as(t, access.RegionalManager).Get("/organisations"), http.StatusInternalServerError)
}
