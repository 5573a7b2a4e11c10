package contact_test

import (
	"testing"
	"time"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/web/contact"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
)

func printer(t *testing.T, lang locale.Lang) *locale.Printer {
	t.Helper()
	words, err := locale.Load(ui.Words, cardview.Words)
	if err != nil {
		t.Fatal(err)
	}
	return words.In(lang)
}

func body() org.Body {
	return org.Body{
		Code: "01/2", Name: locale.Text{UK: "ЦНАП"}, Contacts: org.Contacts{Phones: []string{"+380440000001"}},
		Schedule: hours.Schedule{Week: []hours.Day{{Weekday: 1, Opens: "09:00", Closes: "17:00"}}},
	}
}

func TestCard(t *testing.T) {
	monday := time.Date(2026, 11, 23, 10, 0, 0, 0, locale.Kyiv())
	p := printer(t, "uk")
	centre := contact.OfCentre(p, &org.Centre{Body: body()}, monday)
	if centre.Href != "/centres/01~2" || centre.Name.UK != "ЦНАП" || centre.Contacts.Phones[0] != "+380440000001" || len(centre.Week) == 0 {
		t.Errorf("%+v", centre)
	}
	authority := contact.OfAuthority(p, &org.Authority{Body: body()}, monday)
	if authority.Href != "/authorities/01~2" {
		t.Errorf("%+v", authority)
	}
	closed := contact.OfCentre(p, &org.Centre{Body: body()}, monday.Add(9*time.Hour))
	if centre.Opening.Text == "" || centre.Opening == closed.Opening {
		t.Errorf("open %+v, closed %+v", centre.Opening, closed.Opening)
	}
	if english := contact.OfCentre(printer(t, "en"), &org.Centre{Body: body()}, monday); english.Opening == centre.Opening {
		t.Errorf("in English %+v", english.Opening)
	}
}

// Of a place whose hours nobody knows nothing is said of them, and of no place there is no card.
func TestCardOfLittle(t *testing.T) {
	p, now := printer(t, "uk"), time.Now()
	if card := contact.OfCentre(p, &org.Centre{}, now); card.Opening.Text != "" || len(card.Week) != 0 {
		t.Errorf("%+v", card)
	}
	if contact.OfCentre(p, nil, now) != nil || contact.OfAuthority(p, nil, now) != nil {
		t.Error("a card of no place")
	}
}

// Whoever plans a visit from a receipt does not come to a locked door.
func TestCardTellsDaysThatDiffer(t *testing.T) {
	b, monday := body(), time.Date(2026, 11, 23, 10, 0, 0, 0, locale.Kyiv())
	b.Schedule.Exceptions = []hours.Exception{
		{Date: "2026-12-10", Closed: true, Reason: locale.Text{UK: "Навчання"}},
		{Date: "2026-11-27", Opens: "09:00", Closes: "13:00"},
		{Date: "2026-11-20", Closed: true},
		{Date: "2027-03-08", Closed: true},
	}
	b.Schedule.Note = locale.Text{UK: "Останній приймається за 15 хвилин"}
	card := contact.OfCentre(printer(t, "uk"), &org.Centre{Body: b}, monday)
	if len(card.Other) != 2 || card.Other[0].Hours != "09:00–13:00" || card.Other[1].Hours != "вихідний" || card.Other[1].Reason.UK != "Навчання" || card.Note.IsZero() {
		t.Errorf("%+v", card)
	}
}
