package requests_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	work "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	domain "portal.example/internal-site/internal/requests"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/requests"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// desk is the site with one case in work at the centre, and a request about it to an authority that has no part in the case.
type desk struct {
	*webtest.Site
	store    *domain.Store
	area     area.Area
	kase     work.Case
	asked    uuid.UUID
	official access.Actor
	id       uuid.UUID
	file     uuid.UUID // the document of an answer
}

// document is a file of an answer, in the object store.
func (d *desk) document(t *testing.T) *documents.File {
	t.Helper()
	d.file = fixture.NewID()
	f, err := d.Vault.Put(t.Context(), documents.File{ID: d.file, FileName: "довідка.pdf", MediaType: "application/pdf", ObjectKey: "answers/" + d.file.String()}, []byte("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	return &f
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{asked: fixture.NewID()}
	d.Site = webtest.New(t, func(s webtest.Stores) []area.Area {
		d.store = domain.NewStore(s.Pool, s.Cases).At(webtest.Now)
		d.area = requests.Area(requests.Deps{Requests: d.store, Cases: s.Cases, Vault: s.Vault})
		return []area.Area{d.area, cases.Area(cases.Deps{Cases: s.Cases, Orgs: s.Orgs, Vault: s.Vault, Requests: d.store, Decisions: s.Cases})}
	})
	d.DB.Exec(`insert into org.authorities (id, code, name) values ($1, 'tax', 'Податкова інспекція')`, d.asked)
	d.official = d.AddUser("tax-officer", access.Grant{Group: access.Officer, Place: access.InAuthority(d.asked)})
	d.kase = d.Register(work.Filing{})
	if err := d.Cases.Do(t.Context(), d.Users[access.Administrator], d.kase.ID, 1, work.Command{Act: work.Take}); err != nil {
		t.Fatal(err)
	}
	id, err := d.store.Ask(t.Context(), d.Users[access.Administrator], d.kase.ID, domain.Draft{Authority: d.asked, Asked: "Довідка про доходи", Days: 5, Facts: []string{"tax_number"}})
	if err != nil {
		t.Fatal(err)
	}
	d.id = id
	return d
}

func (d *desk) path() string { return "/requests/" + d.id.String() }

func TestRoutes(t *testing.T) {
	d := newDesk(t)
	clerk := d.Users[access.Administrator]
	if err := d.Cases.Do(t.Context(), clerk, d.kase.ID, 2, work.Command{Act: work.FinishStage}); err != nil { // now the partner may ask too
		t.Fatal(err)
	}
	if err := d.store.Answer(t.Context(), d.official, d.id, 1, domain.Answer{File: d.document(t)}); err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`update cases.cases set proposal = '{"outcome": "granted", "name": "Межова"}' where id = $1`, d.kase.ID)
	file := d.file.String()
	ofRequest := map[string]access.Object{
		"request": {Own: []access.Place{access.InCentre(d.Centre), access.InAuthority(d.asked)}, Part: []access.Place{access.InCentre(d.Centre), access.InAuthority(d.asked)}},
		"case":    d.kase.Object([]work.Stage{{AuthorityID: &d.OtherAuthority}}),
	}
	path := func(pattern string) string {
		if strings.HasPrefix(pattern, "/cases") || strings.HasPrefix(pattern, "/requests/of") {
			return strings.NewReplacer(":id", d.kase.ID.String(), ":file", file, ":view", uuid.NewString()).Replace(pattern)
		}
		return strings.NewReplacer(":id", d.id.String(), ":file", file).Replace(pattern)
	}
	webtest.Walk(t, d.Site, path, ofRequest)
}
