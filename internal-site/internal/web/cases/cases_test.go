package cases_test

import (
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{cases.Area(cases.Deps{Cases: d.Cases, Orgs: d.Orgs, Vault: d.Vault, Decisions: d.Cases})}
	})
}

func TestRoutes(t *testing.T) {
	s := trusting(t, "")
	kase := s.Register(domain.Filing{})
	for version, act := range []string{"take", "finish_stage"} { // an authority that takes part sees files in its own stage
		doAct(s.As(s.Users[access.Administrator]), kase.ID, version+1, act)
	}
	files, err := s.Vault.PutResult(t.Context(), documents.NewResult{
		CaseID: kase.ID, CaseNumber: kase.Number, FileName: "act.pdf", MediaType: "application/pdf", UploadedBy: s.Users[access.Officer].UserID, Data: []byte("%PDF-1.7"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := documents.Insert(t.Context(), s.DB.Pool, files[0]); err != nil {
		t.Fatal(err)
	}
	s.DB.Exec(`update cases.cases set proposal = '{"outcome": "granted", "name": "Межова"}' where id = $1`, kase.ID)
	view := saveView(t, s.As(s.Users[access.Administrator]), "view=mine&due=soon", url.Values{"name": {"Urgent"}})
	path := strings.NewReplacer("/cases/views/:view", view, ":id", kase.ID.String(), ":file", files[0].ID.String()).Replace
	webtest.Walk(t, s, path, map[string]access.Object{
		"case": {
			Own:  []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)},
			Part: []access.Place{access.InAuthority(s.OtherAuthority)},
		},
	})
}
