package cases_test

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
)

var found = regexp.MustCompile(`Знайдено (\d+)`)

// Every number that leads to a list is how many cases that list has: of the tiles and of the lists above the list.
func TestNumbersAreThoseOfTheirLists(t *testing.T) {
	s := newSite(t)
	for i, state := range []string{"registered", "in_progress", "suspended", "decided", "issued", "in_progress", "decided", "in_progress"} {
		kase := s.Register(cases.Filing{})
		outcome := map[string]string{"decided": "granted", "issued": "granted"}[state]
		s.DB.Exec(`update cases.cases set state = $2, outcome = $3, due_on = '2026-11-18'::date + $4::int where id = $1`, kase.ID, state, outcome, i%5-2)
		s.Give(kase.ID, s.Centre, s.Users[access.Administrator])
	}
	clerk := s.As(s.Users[access.Administrator])
	numbers := map[string]int{}
	for _, m := range regexp.MustCompile(`href="(/cases[^"]*)"[^>]*>\s*[^<]*\((\d+)\)`).FindAllStringSubmatch(clerk.Get("/cases").Body.String(), -1) {
		numbers[html.UnescapeString(m[1])], _ = strconv.Atoi(m[2])
	}
	if len(numbers) < 6 {
		t.Fatalf("only %d numbers above the list", len(numbers))
	}
	for _, a := range s.Areas {
		if a.Tiles == nil {
			continue
		}
		tiles, err := a.Tiles(t.Context(), s.Users[access.Administrator])
		if err != nil {
			t.Fatal(err)
		}
		for _, tile := range tiles {
			numbers[tile.Href+"&from=tile"] = tile.Count
		}
	}
	some := 0
	for href, n := range numbers {
		some += n
		page := clerk.Get(strings.TrimSuffix(href, "&from=tile")).Body.String()
		m := found.FindStringSubmatch(page)
		if m == nil || m[1] != strconv.Itoa(n) {
			t.Errorf("%s says %d, its list %q", href, n, m)
		}
	}
	if some == 0 {
		t.Error("every number is nought")
	}
}

// Whose cases they are can be asked for, also when that person cannot sign in any more.
func TestCasesOfAnExecutor(t *testing.T) {
	s := newSite(t)
	kase := s.Register(cases.Filing{})
	officer := s.AddUser("clerk2", access.Grant{Group: access.Administrator, Place: access.InCentre(s.Centre)})
	doAct(s.As(officer), kase.ID, 1, "take")
	s.DB.Exec(`update access.users set state = 'blocked' where id = $1`, officer.UserID)
	clerk := s.As(s.Users[access.Administrator])
	page := clerk.Get("/cases?assigned=" + url.QueryEscape(officer.UserID.String())).Body.String()
	for _, want := range []string{"Знайдено 1 справу", kase.Number, "заблоковано", `value="` + officer.UserID.String() + `" selected`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if page := clerk.Get("/cases?assigned=nobody").Body.String(); !strings.Contains(page, "Знайдено 0 справ") {
		t.Error("the case counts as nobody's")
	}
}
