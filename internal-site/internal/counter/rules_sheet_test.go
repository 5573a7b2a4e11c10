package counter_test

import (
	"encoding/json"
	"slices"
	"testing"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/forms"
)

func sheet(t *testing.T) counter.Sheet {
	t.Helper()
	whole, err := forms.Parse(fixture.Form)
	if err != nil {
		t.Fatal(err)
	}
	form, err := whole.WithoutFiles()
	if err != nil {
		t.Fatal(err)
	}
	return counter.Sheet{Form: form}
}

// The form that is filled in at the counter asks for no files, and judges everything else as outside.
func TestApplicationFormIsJudgedAsOutside(t *testing.T) {
	good := counter.Typed{"purpose": {"other"}, "purpose_other": {" Навчання "}, "children": {"2"}, "truth": {"true"}, "since-day": {"1"}, "since-month": {"10"}, "since-year": {"2026"}}
	answers, wrong := sheet(t).Read(good, today)
	if len(wrong) > 0 || answers["purpose_other"] != "Навчання" || answers["children"] != json.Number("2") || answers["since"] != "2026-10-01" {
		t.Fatalf("%v, wrong are %v", answers, wrong)
	}
	for want, change := range map[string]counter.Typed{
		"answer.purpose":       {"purpose": {""}, "purpose_other": {""}},
		"answer.purpose_other": {"purpose_other": {""}},
		"answer.children":      {"children": {"21"}},
		"answer.truth":         {"truth": nil},
		"answer.since-month":   {"since-month": {"13"}},
		"answer.since":         {"since-year": {"2027"}},
	} {
		typed := counter.Typed{}
		for _, values := range []counter.Typed{good, change} {
			for name, v := range values {
				typed[name] = v
			}
		}
		if _, wrong := sheet(t).Read(typed, today); !slices.Equal(fields(wrong), []string{want}) {
			t.Errorf("%v: wrong are %q, want %q", change, fields(wrong), want)
		}
	}
	if _, wrong := sheet(t).Read(nil, today); len(wrong) != 3 {
		t.Errorf("of an empty form %v are wrong", wrong)
	}
}

// What was answered the last time is offered where nothing was typed, but what has to be confirmed each time is not.
func TestEarlierAnswersAreRepeated(t *testing.T) {
	earlier := json.RawMessage(`{"purpose": "other", "purpose_other": "Навчання", "since": "2026-02-03", "children": 3, "truth": true, "proof": ["x"], "gone": "?"}`)
	typed, repeated := sheet(t).Repeat(counter.Typed{"children": {"5"}, "purpose": {""}}, earlier)
	if !repeated || typed["children"][0] != "5" || typed["purpose"][0] != "other" || typed["purpose_other"][0] != "Навчання" || typed["since-month"][0] != "2" {
		t.Errorf("%v", typed)
	}
	if len(typed["truth"]) > 0 || len(typed["proof"]) > 0 {
		t.Errorf("confirmed by itself: %v", typed)
	}
	if typed, repeated := sheet(t).Repeat(counter.Typed{"children": {"5"}}, json.RawMessage(`{}`)); repeated || len(typed) != 1 {
		t.Errorf("of an application without answers: %v", typed)
	}
}

// Whoever nobody knows keeps what they were looked for by; a code of ЄДРПОУ makes no entity of a person.
func TestWhatWasSoughtIsKept(t *testing.T) {
	nobody := counter.Person{}
	if p := nobody.With(counter.Sought{Clue: counter.ByEDRPOU, Value: "14360570"}); p.EDRPOU != "14360570" || p.Kind != "entity" {
		t.Errorf("%+v", p)
	}
	named := counter.Person{}
	named.Kind, named.Surname = "entrepreneur", "Їжак"
	if p := named.With(counter.Sought{Clue: counter.ByEDRPOU, Value: "14360570"}); p.Kind != "entrepreneur" || p.Surname != "Їжак" {
		t.Errorf("%+v", p)
	}
	if p := nobody.With(counter.Sought{Clue: counter.ByName, Value: "Д’яченко Марко"}); p.Surname != "Д’яченко" || p.GivenName != "Марко" || p.Patronymic != "" {
		t.Errorf("%+v", p)
	}
}
