package acts_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/acts"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// library is the site with one published act that no card cites.
type library struct {
	*webtest.Site
	law *law.Store
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{}
	l.Site = webtest.New(t, func(d webtest.Stores) []area.Area {
		l.law = law.NewStore(d.Pool).At(webtest.Now)
		return []area.Area{acts.Area(acts.Deps{Library: l.law, Vault: d.Vault, Follows: true})}
	})
	return l
}

func (l *library) path() string { return "/acts/" + l.Act.String() }

func (l *library) manager() webtest.Client { return l.As(l.Users[access.RegionalManager]) }

var pdf = []byte("%PDF-1.4\nдалі")

// edition adds an edition with a text and a file.
func (l *library) edition(t *testing.T, version int, from time.Time, text string) uuid.UUID {
	t.Helper()
	n := law.NewEdition{InForceOn: &from, Text: text, Press: uuid.New(), Version: version}
	f, err := l.Vault.Put(t.Context(), documents.File{Purpose: documents.Act, FileName: "akt.pdf", MediaType: "application/pdf", ObjectKey: "acts/" + n.Press.String()}, pdf)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.law.AddEdition(t.Context(), l.Users[access.RegionalManager], l.Act, n, &f); err != nil {
		t.Fatal(err)
	}
	return n.Press
}

// goes follows where a form that was taken leads.
func goes(t *testing.T, c webtest.Client, w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	t.Helper()
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return c.Get(w.Header().Get("Location"))
}

func typed(version string) url.Values {
	return url.Values{
		"version": {version}, "title.uk": {"Про <b>послуги</b>"}, "kind": {"law"}, "number": {"№ 5203-VI"}, "issuer": {"Верховна Рада України"}, "adopted": {"6.9.2012"},
		"level": {"state"}, "url": {"https://zakon.example/5203"}, "notes": {"нотатка"}, "do": {"save"},
	}
}

func TestRoutes(t *testing.T) {
	l := newLibrary(t)
	edition := l.edition(t, 1, webtest.Now().AddDate(-1, 0, 0), "Стаття 1")
	act, service := strings.NewReplacer(":id", l.Act.String(), ":edition", edition.String()), strings.NewReplacer(":id", l.Service.String(), ":edition", edition.String())
	l.DB.Exec(`insert into law.reviews (edition_id, service_id) values ($1, $2)`, edition, l.Service)
	webtest.Walk(t, l.Site, func(pattern string) string {
		if strings.HasPrefix(pattern, "/acts/reviews") {
			return service.Replace(pattern)
		}
		return act.Replace(pattern)
	}, map[string]access.Object{"service": {Own: []access.Place{access.InCentre(l.Centre), access.InAuthority(l.Authority)}}})
}

// one is the only value of a query.
func one(t *testing.T, l *library, sql string) (value string) {
	if err := l.DB.Pool.QueryRow(t.Context(), sql).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
