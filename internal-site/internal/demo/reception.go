package demo

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

func init() {
	register(part{name: "reception", after: []string{"accounts", "catalogue"}, build: (*builder).reception})
}

// waitingRoom is the hall of a centre in content/reception.yaml.
type waitingRoom struct {
	Centre string `yaml:"centre"`
	Ahead  int    `yaml:"ahead"` // days for which appointments are offered
	Groups []struct {
		Letter      string      `yaml:"letter"`
		Name        locale.Text `yaml:"name"`
		Minutes     int         `yaml:"minutes"`
		Authorities []string    `yaml:"authorities"`
	} `yaml:"groups"`
	Windows []struct {
		Number   int      `yaml:"number"`
		Letters  []string `yaml:"letters"`
		Appoints string   `yaml:"appoints"` // the letter whose appointments it receives
	} `yaml:"windows"`
	Priorities []locale.Text `yaml:"priorities"`
}

// reception writes the halls. The site makes the times of their appointments by itself once it runs. Nobody waits in them: a queue is of one day, and everything in the demo happened before today.
func (b *builder) reception() {
	var list []waitingRoom
	if err := readFile("reception.yaml", &list); err != nil {
		b.fail("%w", err)
	}
	for _, r := range list {
		centre, group := idOf("centre", r.Centre), func(letter string) uuid.UUID { return idOf("group of hall", r.Centre+letter) }
		b.put("reception.halls", cell{"centre_id", centre}, cell{"ahead_days", r.Ahead})
		for _, g := range r.Groups {
			b.put("reception.groups", cell{"id", group(g.Letter)}, cell{"centre_id", centre}, cell{"letter", g.Letter}, cell{"name", g.Name.UK},
				cell{"name_en", g.Name.EN}, cell{"minutes", g.Minutes}, cell{"services", b.servicesOf(r.Centre, g.Authorities)})
		}
		for _, w := range r.Windows {
			ids := []uuid.UUID{}
			for _, l := range w.Letters {
				ids = append(ids, group(l))
			}
			var appoints *uuid.UUID
			if w.Appoints != "" {
				id := group(w.Appoints)
				appoints = &id
			}
			b.put("reception.windows", cell{"id", idOf("window of hall", fmt.Sprint(r.Centre, w.Number))}, cell{"centre_id", centre}, cell{"number", w.Number}, cell{"groups", ids}, cell{"appoints", appoints})
		}
		for i, p := range r.Priorities {
			b.put("reception.priorities", cell{"id", idOf("priority of hall", fmt.Sprint(r.Centre, i))}, cell{"centre_id", centre}, cell{"name", p.UK}, cell{"name_en", p.EN})
		}
	}
}

// servicesOf are the services of authorities that the centre gives.
func (b *builder) servicesOf(key string, authorities []string) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, o := range b.offers {
		given := slices.ContainsFunc(o.centres, func(c *centre) bool { return c.Key == key })
		if given && slices.Contains(authorities, o.authority.Key) {
			ids = append(ids, o.id)
		}
	}
	return ids
}
