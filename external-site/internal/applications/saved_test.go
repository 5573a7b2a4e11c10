package applications_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/applications"
)

func saved(t *testing.T, answers string) applications.Saved {
	t.Helper()
	s, err := applications.ReadSaved(json.RawMessage(answers))
	must(t, err)
	return s
}

// One repeats another when nothing that an application asks differs; what the form asks no longer is left out.
func TestWhoRepeatsWhom(t *testing.T) {
	const olena = `"kind":"person","surname":"Ткач","given_name":"Олена","identified_by":"passport","passport":"КС 123456"`
	const acts = `"represented":true,"representative_surname":"Ткач","representative_given_name":"Ігор","representative_basis":"law","representative_document":"Свідоцтво"`
	one := saved(t, `{`+olena+`,"address":"Соборна, 1","shoe_size":"38"}`)
	for answers, repeats := range map[string]bool{
		`{` + olena + `,"address":"Соборна, 1"}`:              true,
		`{` + olena + `,"address":"Лугова, 2"}`:               false,
		`{` + olena + `,"address":"Соборна, 1",` + acts + `}`: false,
	} {
		if got := one.Repeats(saved(t, answers)); got != repeats {
			t.Errorf("%s: %v", answers, got)
		}
	}
	inputs, err := one.Inputs()
	must(t, err)
	if inputs.Get("surname") != "Ткач" || inputs.Has("shoe_size") {
		t.Errorf("%v", inputs)
	}
	dated := saved(t, `{`+olena+`,`+acts+`,"representative_until":"2026-03-29"}`)
	fromApplication := saved(t, `{`+olena+`,`+acts+`,"address":"Лугова, 2"}`)
	if !fromApplication.Repeats(saved(t, `{`+olena+`,`+acts+`,"address":"Лугова, 2","representative_until":"2026-03-29"}`)) {
		t.Error("the day that no application asks makes a difference")
	}
	if lasts := fromApplication.Lasts(dated); lasts.Until().Format(time.DateOnly) != "2026-03-29" || !fromApplication.Until().IsZero() {
		t.Errorf("ends %v", lasts.Until())
	}
	other := saved(t, `{`+olena+`,`+strings.Replace(acts, "Свідоцтво", "Рішення суду", 1)+`}`)
	if !other.Lasts(dated).Until().IsZero() {
		t.Error("another paper ends with the first")
	}
}

// The last day of an authority is one on which it holds, in Kyiv.
func TestWhenAnAuthorityEnds(t *testing.T) {
	s := saved(t, `{"kind":"person","represented":true,"representative_until":"2026-03-29"}`)
	day := func(text string) time.Time { d, err := time.Parse(time.DateOnly, text); must(t, err); return d }
	if s.Ended(day("2026-03-29")) || !s.Ended(day("2026-03-30")) || s.Ended(day("2025-12-31")) {
		t.Errorf("ends wrongly: %s", s.Until())
	}
	if saved(t, `{"kind":"person","representative_until":"2020-01-01"}`).Ended(day("2026-03-30")) {
		t.Error("nobody acts, and yet it has ended")
	}
}

// Filling in leaves the chosen centre and the service's own answers alone, and makes none of the pages answered.
func TestFillingInLeavesTheRest(t *testing.T) {
	_, offers := offered(t)
	s := service(t, offers)
	d := s.NewDraft()
	centre := s.Centres[1].ID.String()
	d.Portal["centre"] = centre
	d.Answers["copies"] = json.Number("2")
	d.Fill(url.Values{"kind": {"person"}, "surname": {"Ткач"}, "address": {"Соборна, 1"}, "phone": {"+380671234567"}, "copies": {"9"}}, time.Now())
	shown := d.Typed["portal/contacts"].Values
	if d.Typed["portal/applicant"].Values["surname"][0] != "Ткач" || shown["centre"][0] != centre || d.Answers["copies"] != json.Number("2") {
		t.Errorf("%+v", d)
	}
	if d.Worked() || s.NextPage(d, time.Now()) != applications.StepApplicant {
		t.Error("a page counts as answered")
	}
}
