package home_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/home"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(webtest.Stores) []area.Area {
		return []area.Area{home.Area(nil)}
	})
}

func TestRoutes(t *testing.T) {
	webtest.Walk(t, newSite(t), strings.Clone, nil)
}

// What is urgent stands first, nought is not shown, and only those with something to show have a table.
func TestHomeShowsWhatAreasSay(t *testing.T) {
	late := area.Area{Name: "late", Nav: &area.Nav{Order: 2}, Files: fstest.MapFS{}, Tiles: func(context.Context, access.Actor) ([]area.Tile, error) {
		return []area.Tile{{Href: "/calm", Key: "toy.calm", Count: 3}, {Href: "/urgent", Key: "toy.urgent", Count: 1, Urgent: true}, {Href: "/nought", Key: "toy.nought"}}, nil
	}}
	early := area.Area{Name: "early", Nav: &area.Nav{Order: 1}, Files: fstest.MapFS{}, Tiles: func(context.Context, access.Actor) ([]area.Tile, error) {
		return []area.Tile{{Href: "/first", Key: "toy.first", Count: 2}}, nil
	}, Nearest: func(context.Context, access.Actor, *locale.Printer) (*area.List, error) {
		return &area.List{TitleKey: "toy.list", AllKey: "toy.all", AllHref: "/all", Columns: []string{"toy.a", "toy.b"}, Rows: [][]area.Cell{
			{{Text: area.Plain("Перша"), Href: "/1"}, {Lead: "стан: ", Text: area.Plain("Друга <b>"), Tag: "строк", Colour: "red"}},
		}}, nil
	}}
	s := webtest.New(t, func(webtest.Stores) []area.Area {
		others := []area.Area{late, early}
		return append(others, home.Area(others))
	})
	page := s.As(s.Users[access.Officer]).Get("/").Body.String()
	last := -1
	for _, want := range []string{`href="/urgent"`, `href="/first"`, `href="/calm"`, "toy.list", `<a class="govuk-link" href="/1">Перша</a>`, "стан: Друга &lt;b&gt;", "строк", `href="/all"`} {
		at := strings.Index(page, want)
		if at <= last {
			t.Errorf("%q stands at %d, after %d", want, at, last)
		}
		last = at
	}
	if strings.Contains(page, "/nought") {
		t.Error("a nought is shown")
	}
}
