package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
	"portal.example/shared/workdays"
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

// reception writes the halls and who came in the weeks before. The site makes the times of their appointments by itself once it runs. Nobody waits in
// them: a queue is of one day, and everything in the demo happened before today.
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
		for ago := 56; ago > 0; ago-- { // as long as the site learns from
			if day := b.today.AddDate(0, 0, -ago); (workdays.Calendar{}).Working(day) {
				b.pastDay(r, day)
			}
		}
	}
}

// crowds are how many people come to a hall in an hour of a day, and for how many minutes the first of them waits.
var crowds = []struct{ hour, people, wait int }{{9, 4, 12}, {10, 5, 19}, {11, 4, 15}, {12, 2, 8}, {13, 2, 5}, {14, 3, 9}, {15, 2, 6}, {16, 2, 3}}

// pastDay writes the tickets of a day that has passed, all of them for what the hall names first. More people come on Mondays.
func (b *builder) pastDay(r waitingRoom, day time.Time) {
	centre, g, number := idOf("centre", r.Centre), r.Groups[0], 0
	b.put("reception.days", cell{"centre_id", centre}, cell{"day", day})
	for _, crowd := range crowds {
		wait := crowd.wait
		if day.Weekday() == time.Monday {
			wait += 6
		}
		for i := range crowd.people {
			number++
			came, waits, serves := kyiv(day, crowd.hour, i*60/crowd.people), time.Duration(wait+i)*time.Minute, time.Duration(g.Minutes)*time.Minute
			id := fmt.Sprint(r.Centre, day.Format(time.DateOnly), number)
			b.put("reception.tickets", cell{"id", idOf("ticket of hall", id)}, cell{"centre_id", centre}, cell{"day", day}, cell{"press", idOf("press of kiosk", id)},
				cell{"letter", g.Letter}, cell{"number", number}, cell{"group_id", idOf("group of hall", r.Centre+g.Letter)}, cell{"stands_at", came}, cell{"issued_at", came},
				cell{"state", "done"}, cell{"since", came.Add(waits + time.Minute + serves)}, cell{"calls", 1}, cell{"window_id", idOf("window of hall", fmt.Sprint(r.Centre, r.Windows[0].Number))},
				cell{"waiting", waits}, cell{"walking", time.Minute}, cell{"serving", serves})
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
