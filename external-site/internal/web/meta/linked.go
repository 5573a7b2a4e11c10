package meta

import (
	"strings"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// Linked is what a page says to machines: JSON-LD in the words of schema.org and, for services, of CPSV-AP. Nobody has to
// fetch its context: the prefixes stand in it.
type Linked map[string]any

// things are nodes of a graph.
type things = []map[string]any

var context = map[string]any{
	"@vocab": "https://schema.org/", "cpsv": "http://purl.org/vocab/cpsv#", "cv": "http://data.europa.eu/m8g/",
	"dct": "http://purl.org/dc/terms/",
}

func graph(nodes things) Linked { return Linked{"@context": context, "@graph": nodes} }

// Page is everything a page says of itself: its trail, and what it is about.
type Page struct {
	Base  string // address of the site, without a trailing slash
	Lang  locale.Lang
	Trail []ui.Link
	Self  string // path of the page
	Title string
}

// trail is the breadcrumbs, which end with the page itself.
func (p Page) trail() map[string]any {
	var items things
	add := func(name, href string) {
		items = append(items, map[string]any{"@type": "ListItem", "position": len(items) + 1, "name": name, "item": p.Base + href})
	}
	for _, step := range p.Trail {
		if step.Href != "" {
			add(step.Text, step.Href)
		}
	}
	add(p.Title, p.Self)
	return map[string]any{"@type": "BreadcrumbList", "itemListElement": items}
}

// Of says where on the site a page is, and no more.
func Of(p Page) Linked { return graph(things{p.trail()}) }

// in is a text in the language of the page, marked with the language that it is in.
func (p Page) in(t locale.Text) map[string]any {
	text, lang := t.In(p.Lang)
	return map[string]any{"@value": text, "@language": string(lang)}
}

// OfService says what a service is: a GovernmentService, and a PublicService of CPSV-AP. authority is who decides, nil when
// that is not published; centres are where it is applied for.
func OfService(p Page, s catalogue.Service, authority *org.Body, centres []org.Centre) Linked {
	address := p.Base + p.Self
	node := map[string]any{
		"@id": address, "@type": []string{"GovernmentService", "cpsv:PublicService"}, "url": address,
		"name": p.in(s.Name), "dct:title": p.in(s.Name), "dct:identifier": s.Code, "identifier": s.Code,
		"dateModified": s.UpdatedAt.In(locale.Kyiv()).Format(time.RFC3339), "availableLanguage": []string{"uk"},
	}
	if !s.Summary.IsZero() {
		node["description"], node["dct:description"] = p.in(s.Summary), p.in(s.Summary)
	}
	if n := len(s.Categories); n > 0 {
		node["serviceType"] = p.in(s.Categories[n-1].Name)
	}
	if authority != nil {
		by := map[string]any{"@id": p.Base + "/authorities/" + authority.Slug(), "@type": []string{"GovernmentOrganization", "cv:PublicOrganisation"}, "name": p.in(authority.Name)}
		node["provider"], node["cv:hasCompetentAuthority"] = by, map[string]any{"@id": by["@id"]}
	}
	var channels things
	for _, c := range centres {
		channels = append(channels, map[string]any{
			"@type": []string{"ServiceChannel", "cv:Channel"}, "serviceLocation": map[string]any{"@id": p.Base + "/centres/" + c.Slug(), "@type": "GovernmentOffice", "name": p.in(c.Name)},
		})
	}
	if channels != nil {
		node["availableChannel"] = channels
	}
	if s.Card != nil {
		ofCard(p, s, node)
	}
	return graph(things{p.trail(), node})
}

// ofCard adds what the information card says: documents, result, fee.
func ofCard(p Page, s catalogue.Service, node map[string]any) {
	card := s.Card.Content
	var evidence things
	for _, d := range card.Documents {
		evidence = append(evidence, map[string]any{"@type": "cv:Evidence", "name": p.in(d.Name), "dct:title": p.in(d.Name)})
	}
	if evidence != nil {
		node["cpsv:hasInput"] = evidence
	}
	if !card.Result.IsZero() {
		node["cpsv:produces"] = map[string]any{"@type": "cv:Output", "name": p.in(card.Result), "dct:title": p.in(card.Result)}
	}
	if f := card.Fee; !f.NotStated && (!f.Paid || f.Amount != "") {
		amount := f.Amount
		if !f.Paid {
			amount = "0"
		}
		node["cv:hasCost"] = map[string]any{"@type": "cv:Cost", "cv:value": amount, "cv:currency": "UAH"}
		node["offers"] = map[string]any{"@type": "Offer", "price": amount, "priceCurrency": "UAH"}
	}
}

// OfBody says what a centre or an authority is and when it is open. latitude and longitude may be empty.
func OfBody(p Page, kind string, b org.Body, latitude, longitude string) Linked {
	address := p.Base + p.Self
	node := map[string]any{"@id": address, "@type": kind, "url": address, "name": p.in(b.Name), "identifier": b.Code}
	if !b.Contacts.Address.IsZero() {
		node["address"] = p.in(b.Contacts.Address)
	}
	if len(b.Contacts.Phones) > 0 {
		node["telephone"] = b.Contacts.Phones
	}
	if b.Contacts.Email != "" {
		node["email"] = b.Contacts.Email
	}
	if latitude != "" && longitude != "" {
		node["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
	}
	if week := openingHours(b.Schedule); week != nil {
		node["openingHoursSpecification"] = week
	}
	if days := otherHours(b.Schedule); days != nil {
		node["specialOpeningHoursSpecification"] = days
	}
	return graph(things{p.trail(), node})
}

// openingHours are the hours of the week; a break divides a day.
func openingHours(s hours.Schedule) (list things) {
	for _, day := range s.Week {
		from := day.Opens
		name := time.Weekday(day.Weekday % 7).String()
		for _, pause := range day.Breaks {
			list = append(list, map[string]any{"@type": "OpeningHoursSpecification", "dayOfWeek": name, "opens": from, "closes": pause.From})
			from = pause.To
		}
		list = append(list, map[string]any{"@type": "OpeningHoursSpecification", "dayOfWeek": name, "opens": from, "closes": day.Closes})
	}
	return list
}

// otherHours are the dates that differ; 00:00 to 00:00 is closed, as schema.org says it.
func otherHours(s hours.Schedule) (list things) {
	for _, e := range s.Exceptions {
		opens, closes := e.Opens, e.Closes
		if e.Closed || strings.TrimSpace(opens) == "" {
			opens, closes = "00:00", "00:00"
		}
		list = append(list, map[string]any{"@type": "OpeningHoursSpecification", "validFrom": e.Date, "validThrough": e.Date, "opens": opens, "closes": closes})
	}
	return list
}
