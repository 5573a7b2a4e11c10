package demo

import (
	"cmp"
	"slices"

	"portal.example/shared/contract"
	"portal.example/shared/ukr"
)

func init() { register(part{name: "organisations", build: (*builder).organisations}) }

// organisations writes territory, authorities and centres.
func (b *builder) organisations() {
	b.territory()
	for _, a := range b.authorities {
		level := a.Level
		if level == "" {
			level = "local"
		}
		b.put("org.authorities", cell{"id", idOf("authority", a.Key)}, cell{"code", a.Key}, cell{"edrpou", a.EDRPOU},
			cell{"name", a.Name.UK}, cell{"name_en", a.Name.EN}, cell{"short_name", a.Short.UK}, cell{"short_name_en", a.Short.EN},
			cell{"level", level}, cell{"address", a.Address.UK}, cell{"address_en", a.Address.EN}, cell{"phones", a.Phones},
			cell{"email", a.Email}, cell{"site", a.Site}, cell{"schedule", b.schedule(a.body)}, cell{"people", officials(a.People)},
			cell{"internal_notes", b.region.Note.UK}, cell{"published", true}, cell{"updated_at", b.founded()})
	}
	for _, c := range b.centres {
		b.put("org.centres", cell{"id", idOf("centre", c.Key)}, cell{"code", c.Code}, cell{"name", c.Name.UK}, cell{"name_en", c.Name.EN},
			cell{"unit_code", b.unit(c)}, cell{"address", c.Address.UK}, cell{"address_en", c.Address.EN}, cell{"directions", c.Directions.UK},
			cell{"directions_en", c.Directions.EN}, cell{"phones", c.Phones}, cell{"email", c.Email}, cell{"site", c.Site},
			cell{"latitude", c.Latitude}, cell{"longitude", c.Longitude}, cell{"schedule", b.schedule(c.body)},
			cell{"people", officials(c.People)}, cell{"internal_notes", b.region.Note.UK}, cell{"published", true},
			cell{"updated_at", b.founded()})
	}
}

// territory writes the units of the region, each with the one that it lies in.
func (b *builder) territory() {
	for i, u := range b.units {
		code, err := ukr.ParseKATOTTG(u.Code)
		category, errCategory := ukr.ParseCategory(u.Category)
		if err := cmp.Or(err, errCategory); err != nil {
			b.fail("unit %s: %w", u.Code, err)
			return
		}
		var parent any
		for _, above := range slices.Backward(b.units[:i]) {
			if code.Within(ukr.KATOTTG(above.Code)) {
				parent = above.Code
				break
			}
		}
		b.put("org.units", cell{"code", u.Code}, cell{"parent_code", parent}, cell{"level", category.Level()},
			cell{"category", u.Category}, cell{"name", u.Name})
	}
}

// unit is the code of the settlement in which a centre is.
func (b *builder) unit(c *centre) any {
	if !slices.ContainsFunc(b.units, func(u unit) bool { return u.Code == c.Unit }) {
		b.fail("%s: there is no unit %q", c.Key, c.Unit)
	}
	return c.Unit
}

func (b *builder) schedule(o body) any {
	s, err := o.Schedule.at(b.today)
	if err != nil {
		b.fail("%s: %w", o.Key, err)
	}
	return asJSON(s)
}

// officials are those whom citizens may address.
func officials(people []person) any {
	list := []contract.Person{}
	for _, p := range people {
		if !p.Reception.IsZero() {
			list = append(list, contract.Person{
				Name: p.Name, Position: p.Position, Phone: p.Phone, Email: p.Email, Reception: p.Reception,
			})
		}
	}
	return asJSON(list)
}
