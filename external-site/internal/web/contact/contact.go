// Package contact is how to reach a centre or an authority, for pages that are about something else: the template
// "contact" shows a Card. It may import internal/org and shared.
package contact

import (
	"time"

	"portal.example/external-site/internal/org"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui/cardview"
)

// Card is a place with its page, telephones, address and hours.
type Card struct {
	Name     locale.Text
	Href     string
	Contacts org.Contacts
	Opening  cardview.Opening // what a visitor finds now, without text when no hours are known
	Week     []cardview.WeekRow
	Other    []cardview.OtherDay // coming days that differ from the week
	Note     locale.Text         // about the hours
}

// aheadDays is how far ahead days that differ from the week are told.
const aheadDays = 30

// OfCentre is the card of a centre; nil makes none.
func OfCentre(p *locale.Printer, c *org.Centre, now time.Time) *Card {
	if c == nil {
		return nil
	}
	return of(p, c.Name, "/centres/"+c.Slug(), c.Contacts, c.Schedule, now)
}

// OfAuthority is the card of an authority; nil makes none.
func OfAuthority(p *locale.Printer, a *org.Authority, now time.Time) *Card {
	if a == nil {
		return nil
	}
	return of(p, a.Name, "/authorities/"+a.Slug(), a.Contacts, a.Schedule, now)
}

func of(p *locale.Printer, name locale.Text, href string, contacts org.Contacts, s hours.Schedule, now time.Time) *Card {
	card := &Card{Name: name, Href: href, Contacts: contacts, Week: cardview.Week(p, s), Other: cardview.OtherDays(p, s, now, aheadDays), Note: s.Note}
	if s.Known() {
		card.Opening = cardview.OpenNow(p, s, now)
	}
	return card
}
