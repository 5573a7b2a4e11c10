package catalogue_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func date(s string) *time.Time {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return &at
}

func passport() catalogue.Elsewhere {
	return catalogue.Elsewhere{
		Name: locale.Text{UK: "Паспорт"}, Words: "айді картка, паспорт;\nid card |", Provider: locale.Text{UK: "Міграційна служба"},
		URL: "https://dmsu.example", Phone: "1590", Published: true, CheckedOn: date("2026-11-01"), ReviewOn: date("2027-05-01"),
	}
}

func TestWhatIsWrongWithElsewhere(t *testing.T) {
	today := *date("2026-11-10")
	if err := passport().Check(today); err != nil {
		t.Fatal(err)
	}
	if got := passport().Phrases(); !slices.Equal(got, []string{"айді картка", "паспорт", "id card"}) {
		t.Errorf("phrases %q", got)
	}
	for field, spoil := range map[string]func(*catalogue.Elsewhere){
		"name.uk":     func(e *catalogue.Elsewhere) { e.Name.UK = " \u200b " },
		"name.en":     func(e *catalogue.Elsewhere) { e.Name.EN = strings.Repeat("a", 501) },
		"provider.uk": func(e *catalogue.Elsewhere) { e.Provider.UK = "" },
		"url":         func(e *catalogue.Elsewhere) { e.URL = "https://dmsu.example/\u202egnp" },
		"phone":       func(e *catalogue.Elsewhere) { e.Phone = "спитайте" },
		"words":       func(e *catalogue.Elsewhere) { e.Words = "а, " + strings.Repeat("б", 201) },
		"how.en":      func(e *catalogue.Elsewhere) { e.How.EN = strings.Repeat("a", 2001) },
		"address.uk":  func(e *catalogue.Elsewhere) { e.Address.UK = strings.Repeat("a", 501) },
		"checked":     func(e *catalogue.Elsewhere) { e.CheckedOn = date("2026-11-11") },
		"review":      func(e *catalogue.Elsewhere) { e.ReviewOn = date("2026-11-01") },
	} {
		e := passport()
		spoil(&e)
		if err := e.Tidy().Check(today); !slices.Equal(fields(err), []string{field}) {
			t.Errorf("%s: %v", field, err)
		}
	}
	never := passport()
	never.CheckedOn, never.ReviewOn = nil, nil
	if got := fields(never.Check(today)); !slices.Equal(got, []string{"checked", "review"}) {
		t.Errorf("never checked: %v", got)
	}
	far := passport()
	if far.ReviewOn = date("2029-11-02"); !slices.Equal(fields(far.Check(today)), []string{"review"}) {
		t.Error("nobody has to look for more than three years")
	}
}

func TestWhenElsewhereIsDue(t *testing.T) {
	e := passport()
	for day, want := range map[string]bool{"2027-04-30": false, "2027-05-01": true, "2027-05-02": true} {
		if e.Due(*date(day)) != want {
			t.Errorf("%s: %v", day, !want)
		}
	}
	if e.ReviewOn = nil; !e.Due(*date("2020-01-01")) {
		t.Error("what nobody has looked at is not due")
	}
}

// fields are the names of what is wrong.
func fields(err error) (names []string) {
	var e *fault.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			names = append(names, f.Field)
		}
	}
	return names
}
