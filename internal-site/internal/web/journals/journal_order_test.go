package journals_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/journals"
	"portal.example/internal-site/internal/web/site"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/blobtest"
	"portal.example/shared/locale"
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

// However many entries there are, they are forgotten once they are written.
func TestOrderedEntriesAreForgotten(t *testing.T) {
	const few, many = 5_000, 20_000
	s, _, _, entry := opened(t)
	s.DB.Exec(`insert into journals.entries (journal, centre_id, year, number, day, at, case_id, authority_id, service_id)
		select journal, centre_id, year, 1000 + g, day, at, case_id, authority_id, service_id from journals.entries, generate_series(1, $2) g where id = $1::bigint`, entry, many)
	words, err := site.Catalogue([]area.Area{journals.Area(journals.Deps{})})
	if err != nil {
		t.Fatal(err)
	}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var first, last, rows, total int64
	task := work.Task{Actor: s.Users[access.CentreHead], Asked: json.RawMessage(`{"Filter": {"Journal": "applications"}, "Kind": "xlsx"}`), Language: "uk"}
	_, err = journals.Ordered(domain.NewStore(s.DB.Pool), words).Run(t.Context(), task, io.Discard, func(done, of int64) {
		switch rows, total = done, of; done {
		case few:
			first = heap()
		case many:
			last = heap()
		}
	})
	if err != nil || rows != many+2 || total != rows {
		t.Fatalf("%d of %d rows, %v", rows, total, err)
	}
	if grown := last - first; grown > 4<<20 {
		t.Errorf("%d rows more need %d bytes more", many-few, grown)
	}
	t.Logf("%d bytes with %d rows, %d with %d", first, few, last, many)
}

// asks keeps what was asked for.
type asks struct{ work.Request }

func (a *asks) Ask(_ context.Context, _ access.Actor, r work.Request) (uuid.UUID, bool, error) {
	a.Request = r
	return uuid.New(), true, nil
}

// The list of work says which journal and which days, and no name that was searched for.
func TestAnOrderSaysWhatItIsOf(t *testing.T) {
	words, err := site.Catalogue([]area.Area{journals.Area(journals.Deps{})})
	if err != nil {
		t.Fatal(err)
	}
	kind := journals.Ordered(nil, words)
	for address, want := range map[string]string{
		"/journals/issued/order?kind=csv": "Видача результатів, CSV",
		"/journals/issued/order?kind=xlsx&from=2026-01-01&to=2026-03-31&q=%D2%90%D0%B0%D0%B2%D0%B0": "Видача результатів, від 01.01.2026, до 31.03.2026, не весь, XLSX",
	} {
		asked := &asks{}
		client := webtest.Alone(t, head, journals.Area(journals.Deps{Now: webtest.Now, Journals: large{}, Work: asked}))
		if w := client.Post(address, nil); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d", address, w.Code)
		}
		told, err := json.Marshal(asked.Told)
		if err != nil {
			t.Fatal(err)
		}
		if got := kind.Says(words.In(locale.UK), told); got != want || strings.Contains(string(told), "Ґава") {
			t.Errorf("%s is %q, of %s", address, got, told)
		}
	}
}
