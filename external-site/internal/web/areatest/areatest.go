// Package areatest serves single areas of the public site without a database: a test makes up what their pages read.
// What pages have in common with the whole site is there: layout, headers, languages, error pages. Only tests may
// import it; it may import the site's packages that know no area, and shared.
package areatest

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/site"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/region"
)

var update = flag.Bool("update", false, "write the golden files anew")

// BaseURL is where the site believes to be.
const BaseURL = "https://portal.example"

// Monday is when tests of pages happen: ten o'clock in Kyiv.
func Monday() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, locale.Kyiv()) }

// Site is a site of some areas, and a browser in front of it.
type Site struct {
	Browser

	Now time.Time // its clock
}

// New makes a site of the areas, at Monday.
func New(tb testing.TB, areas ...area.Area) *Site {
	tb.Helper()
	s := &Site{Browser: NewBrowser(tb), Now: Monday()}
	now := func() time.Time { return s.Now }
	made, err := site.New(site.Config{
		Freshness: freshness.NewWatch(heardNow(now), now, nil), Switches: AllOn, Now: now,
		Region: region.NewWatch(func(context.Context) (region.Profile, error) { return region.Profile{}, nil }, now, nil),
		Log:    slog.New(slog.NewTextHandler(s.Log, nil)),
	}, areas)
	if err != nil {
		tb.Fatal(err)
	}
	s.Handler = made.Engine()
	return s
}

// heardNow is a replica that has just heard of the inside.
type heardNow func() time.Time

func (now heardNow) Progress(context.Context) (freshness.Progress, error) {
	return freshness.Progress{Found: true, HeardAt: now(), AppliedAt: now(), Now: now()}, nil
}

// AllOn are switches nobody has touched.
func AllOn(context.Context) (contract.Switches, error) { return contract.NewSwitches(nil), nil }

// Off are switches with which the modules are off.
func Off(modules ...string) area.Switches {
	var all []contract.Switch
	for _, m := range modules {
		all = append(all, contract.Switch{Module: m})
	}
	return func(context.Context) (contract.Switches, error) { return contract.NewSwitches(all), nil }
}

// Replica is a replica of made-up content. What a page reads and a test has not made up is a nil pointer, and fails.
type Replica struct{ replica.View }

// At implements replica.Source.
func (r Replica) At(_ context.Context, fn func(replica.View) error) error { return fn(r.View) }

// Contains fails the test for each text that the page lacks.
func Contains(tb testing.TB, page string, texts ...string) {
	tb.Helper()
	for _, want := range texts {
		if !strings.Contains(page, want) {
			tb.Errorf("the page lacks %q", want)
		}
	}
}

// Lacks fails the test for each text that the page has.
func Lacks(tb testing.TB, page string, texts ...string) {
	tb.Helper()
	for _, bad := range texts {
		if strings.Contains(page, bad) {
			tb.Errorf("the page has %q", bad)
		}
	}
}

var (
	main   = regexp.MustCompile(`(?s)<main.*</main>`)
	blanks = regexp.MustCompile(`\n\s*\n+`)
)

// Golden compares the content of a page with testdata/name.html; -update writes it.
func Golden(tb testing.TB, name, page string) {
	tb.Helper()
	got := blanks.ReplaceAllString(main.FindString(page), "\n") + "\n"
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	want, err := os.ReadFile(path) //nolint:gosec // our own testdata
	if err != nil {
		tb.Fatal(err)
	}
	if got != string(want) {
		tb.Errorf("the page differs from %s; look at it, then run with -update", path)
	}
}
