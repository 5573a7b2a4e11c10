package offices

import (
	"slices"

	"github.com/google/uuid"
)

// Desk is what somebody may do by offices on a day: by those that they hold, by those of people for whom they substitute,
// and in the place of those that nobody holds where they are the head.
type Desk struct {
	Seats []Seat
	// Heads are the places in which the person, or somebody whom they substitute, is the head.
	Heads []Headship
	// Held are the offices of those places that somebody holds.
	Held []Office
}

// Seat is an office that somebody may act by.
type Seat struct {
	Office
	For string // name of the holder, when it is somebody whom they substitute; "": they hold it themselves
}

// Headship is a place in which somebody may act for offices that nobody holds.
type Headship struct {
	Place uuid.UUID
	For   string
}

// Capacity is how somebody comes to act for an office.
type Capacity struct {
	For    string // name of whom they substitute; "": themselves
	Vacant bool   // nobody holds the office, and they act as head
}

// Acts says whether the person may act for the office, and how. Their own office comes before a substitution.
func (d Desk) Acts(o Office) (c Capacity, ok bool) {
	for _, s := range d.Seats {
		if s.Office == o && (!ok || s.For == "") {
			c, ok = Capacity{For: s.For}, true
		}
	}
	if ok || slices.Contains(d.Held, o) {
		return c, ok
	}
	for _, h := range d.Heads {
		if h.Place == o.Place && (!ok || h.For == "") {
			c, ok = Capacity{For: h.For, Vacant: true}, true
		}
	}
	return c, ok
}

// Args are the arguments of predicates over rows with a place and an office: @office_places and @office_keys side by side are
// the offices that the person may act by, and @headed are the places in which they act for offices that nobody holds.
func (d Desk) Args() map[string]any {
	places, keys, headed := []uuid.UUID{}, []string{}, []uuid.UUID{}
	for _, s := range d.Seats {
		if !slices.Contains(placesOf(places, keys), s.Office) {
			places, keys = append(places, s.Place), append(keys, s.Key)
		}
	}
	for _, h := range d.Heads {
		headed = append(headed, h.Place)
	}
	return map[string]any{"office_places": places, "office_keys": keys, "headed": headed}
}

// ArgsOf are the arguments of predicates over the desks of several people: @seat_people, @seat_places and @seat_keys side by side are who may act
// by which office, and @head_people and @head_places who acts in which place for offices that nobody holds.
func ArgsOf(desks map[uuid.UUID]Desk) map[string]any {
	var people, places, headed, heads []uuid.UUID
	var keys []string
	for who, d := range desks {
		args := d.Args()
		for i, place := range args["office_places"].([]uuid.UUID) {
			people, places, keys = append(people, who), append(places, place), append(keys, args["office_keys"].([]string)[i])
		}
		for _, h := range d.Heads {
			heads, headed = append(heads, who), append(headed, h.Place)
		}
	}
	return map[string]any{"seat_people": people, "seat_places": places, "seat_keys": keys, "head_people": heads, "head_places": headed}
}

func placesOf(places []uuid.UUID, keys []string) []Office {
	list := make([]Office, len(places))
	for i := range places {
		list[i] = Office{places[i], keys[i]}
	}
	return list
}

// VacantSQL holds when nobody who can work holds the office t.office of t.place, which is one of the places of an argument. Who holds offices
// there is asked once for all turns.
func VacantSQL(places string) string {
	return `(t.place, t.office) not in (select o.place, o.key from offices.holders o join access.users u on u.id = o.user_id
		where u.state = 'active' and o.place = any(` + places + `))`
}
