package counter_test

import (
	"slices"
	"testing"

	"portal.example/internal-site/internal/counter"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func fields(wrong []fault.FieldError) (names []string) {
	for _, e := range wrong {
		names = append(names, e.Field)
	}
	slices.Sort(names)
	return names
}

// Everybody can be received: people without a РНОКПП or a telephone, foreigners, entities, representatives.
func TestWhoCanBeReceived(t *testing.T) {
	person := func(change func(*counter.Person)) counter.Person {
		p := counter.Person{Applicant: contract.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Марʼяна", TaxNumber: "1234567899"}}
		change(&p)
		return p
	}
	for name, tt := range map[string]struct {
		who   counter.Person
		taken []string
		want  []string
	}{
		"a person":                     {person(func(*counter.Person) {}), nil, nil},
		"without a РНОКПП":             {person(func(p *counter.Person) { p.TaxNumber, p.NoTaxNumber, p.Passport = "", true, "кс123456" }), nil, nil},
		"without it and without proof": {person(func(p *counter.Person) { p.TaxNumber, p.NoTaxNumber = "", true }), nil, []string{"passport"}},
		"without a word about it":      {person(func(p *counter.Person) { p.TaxNumber = "" }), nil, []string{"tax_number"}},
		"by the demographic record":    {person(func(p *counter.Person) { p.TaxNumber, p.NoTaxNumber, p.UNZR = "", true, "19780220-12345" }), nil, nil},
		"foreigner": {person(func(p *counter.Person) {
			p.TaxNumber, p.NoTaxNumber, p.Document, p.Passport = "", true, "foreign_passport", "X 1234567"
		}), nil, nil},
		"mistyped number":             {person(func(p *counter.Person) { p.TaxNumber = "1234567890" }), nil, []string{"tax_number"}},
		"telephone with letters":      {person(func(p *counter.Person) { p.Phone = "067 abc" }), nil, []string{"phone"}},
		"told by a letter to nowhere": {person(func(p *counter.Person) { p.Told = "email" }), nil, []string{"told"}},
		"entity": {person(func(p *counter.Person) {
			p.Kind, p.TaxNumber, p.Entity, p.EDRPOU = "entity", "", "ТОВ «Джерело»", "14360570"
		}), nil, nil},
		"entity without a code":  {person(func(p *counter.Person) { p.Kind, p.TaxNumber, p.Entity = "entity", "", "ТОВ «Джерело»" }), nil, []string{"edrpou"}},
		"kind that is not taken": {person(func(p *counter.Person) { p.Kind = "entrepreneur" }), []string{"person"}, []string{"kind"}},
		"nobody":                 {counter.Person{}, nil, []string{"given_name", "kind", "surname", "tax_number"}},
		"representative without papers": {person(func(p *counter.Person) {
			p.Representative = &contract.Representative{Surname: "Їжак", GivenName: "Іван"}
		}), nil, []string{"representative_basis", "representative_document"}},
	} {
		if got := fields(tt.who.Normal().Check(tt.taken, today)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: wrong are %q, want %q", name, got, tt.want)
		}
	}
}

var card = contract.Card{
	Documents: []contract.Document{
		{ID: "application", Name: locale.Text{UK: "Заява"}, Required: true, Form: "original"},
		{ID: "passport", Name: locale.Text{UK: "Паспорт"}, Required: true, Form: "show"},
		{ID: "lease", Name: locale.Text{UK: "Договір"}, Form: "copy"},
	},
	Refusal: []contract.Ground{{ID: "incomplete"}},
}

// The list is exhaustive: each line is answered, and a required document can be missing only with a word about it.
func TestTheListIsTickedWhole(t *testing.T) {
	c := counter.Content{}
	if got := fields(c.CheckDocuments(card)); !slices.Equal(got, []string{"doc.application", "doc.lease", "doc.passport"}) {
		t.Errorf("nothing ticked: %q", got)
	}
	c = c.Offered(card)
	if c.Lines["application"].Given != counter.Original || c.Lines["passport"].Given != counter.Shown || c.Lines["lease"].Given != counter.NotNeeded {
		t.Errorf("offered %+v", c.Lines)
	}
	if got := c.CheckDocuments(card); len(got) > 0 {
		t.Errorf("what is offered is wrong: %v", got)
	}
	c.Lines["passport"] = counter.Line{Given: counter.Missing}
	if got := fields(c.CheckDocuments(card)); !slices.Equal(got, []string{"shortfall"}) {
		t.Errorf("a required document is missing: %q", got)
	}
	c.Shortfall = "Донесе завтра"
	if got := c.CheckDocuments(card); len(got) > 0 {
		t.Errorf("with a note: %v", got)
	}
	c.Lines["passport"] = counter.Line{Given: counter.NotNeeded}
	c.Lines["application"] = counter.Line{Given: counter.Original, Sheets: "-1"}
	if got := fields(c.CheckDocuments(card)); !slices.Equal(got, []string{"doc.passport", "sheets.application"}) {
		t.Errorf("%q", got)
	}
}

func TestARefusalSaysWhy(t *testing.T) {
	for want, r := range map[string]counter.Refusal{
		"":               {Ground: "incomplete"},
		"refusal_text":   {},
		"refusal_ground": {Ground: "made-up", Text: "Слова"},
	} {
		got := fields(counter.Content{Refusal: r}.CheckRefusal(card))
		if want == "" && len(got) > 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%+v: %q", r, got)
		}
	}
}
