package journals_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/journals"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/blobtest"
)

// large are journals of more entries than are counted.
type large struct{ played }

func (large) List(context.Context, access.Actor, domain.Filter, domain.Place, bool, int) (domain.Page, error) {
	return domain.Page{Entries: []domain.Entry{{Journal: domain.Applications}}, Total: domain.MostCounted + 1}, nil
}

// A journal that a browser takes at once is not offered as work.
func TestLargeJournalsAreOffered(t *testing.T) {
	client := webtest.Alone(t, head, journals.Area(journals.Deps{Now: webtest.Now, Journals: large{}}))
	webtest.Shows(t, client.Get("/journals/applications?q=1234"), http.StatusOK, `action="/journals/applications/order?kind=xlsx&amp;q=1234"`, `action="/journals/applications/order?kind=csv&amp;q=1234"`, "Підготувати XLSX без мене")
	s, _, _, _ := opened(t)
	webtest.Lacks(t, s.As(s.Users[access.CentreHead]).Get("/journals/applications"), "/order")
}

// What is asked for is the table that the page gives, of the same rows, with the rights of whoever asked.
func TestAnOrderedJournalIsTheTable(t *testing.T) {
	s, _, _, _ := opened(t)
	client := s.As(s.Users[access.CentreHead])
	const path = "/journals/applications/order?kind=csv"
	for range 2 {
		if w := client.Post(path, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/work" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	words, err := site.Catalogue([]area.Area{journals.Area(journals.Deps{})})
	if err != nil {
		t.Fatal(err)
	}
	store, kind := work.NewStore(s.DB.Pool), journals.Ordered(domain.NewStore(s.DB.Pool).At(webtest.Now), words)
	runner := work.Runner{Store: store, People: access.NewStore(s.DB.Pool, rights.Declared), Files: blobtest.Bucket(t, "documents"), Kinds: []work.Kind{kind}, Log: slog.New(slog.DiscardHandler)}
	if found, err := runner.Next(t.Context()); !found || err != nil {
		t.Fatal(found, err)
	}
	if found, err := runner.Next(t.Context()); found || err != nil {
		t.Errorf("pressed twice: %v, %v", found, err)
	}
	actor := s.Users[access.CentreHead]
	page, err := store.List(t.Context(), actor, false, work.Place{}, 5)
	if err != nil || len(page.Jobs) != 1 || page.Jobs[0].State != work.Done {
		t.Fatalf("%+v, %v", page, err)
	}
	f, err := store.Fetch(t.Context(), actor, page.Jobs[0].ID, func(string) (access.Action, bool) { return kind.Needs, true })
	if err != nil {
		t.Fatal(err)
	}
	got, err := runner.Files.ReadAll(t.Context(), f.Key(), f.SHA256, 1<<20)
	want := client.Get("/journals/applications/table?kind=csv").Body.String()
	if err != nil || string(got) != want || len(want) < 100 {
		t.Errorf("the file is %q, the table %q, %v", got, want, err)
	}
	if n, err := domain.NewStore(s.DB.Pool).Count(t.Context(), actor, domain.Filter{Journal: domain.Applications}); n != 2 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
}
