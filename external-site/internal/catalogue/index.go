package catalogue

import (
	"cmp"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// Index is what lists are made of: which services have which value of which filter, and their order. It is read as a whole
// and answers from memory, so that a page costs the same however many services there are. It never changes.
type Index struct {
	ids     []uuid.UUID // of the published services in the order of their Ukrainian names; a place is an index into it
	english []int32     // their places in the order of their English names
	places  map[uuid.UUID]int32

	kinds      [kinds][]value
	categories []Category // the rows with their own services only, in the order of pages
	situations []Situation
	example    Example
}

// Times is what lists know of cards and forms, which change more often than the rest. It never changes either.
type Times struct {
	opens  []opens // services that take applications through the site, by the day since when
	newest []Changed

	online atomic.Pointer[onlineOn] // of the index and the day that were asked for last
}

// kind is a filter that has values.
type kind int

const (
	byCategory kind = iota
	byAuthority
	bySituation
	byCentre
	byApplicant
	kinds
	byQuick = kinds // which has no values
)

// value is one value of a filter with the services that have it.
type value struct {
	Ref
	of bits
}

type opens struct {
	id    uuid.UUID
	since time.Time
}

type onlineOn struct {
	index *Index
	day   time.Time
	of    bits
}

// rows are what an Index is made of.
type rows struct {
	services    []indexed   // in the order of their Ukrainian names
	english     []uuid.UUID // in the order of their English names
	categories  []Category
	situations  []Situation
	authorities []Ref
	centres     []Ref
	inSituation map[uuid.UUID][]uuid.UUID // services by the situation
	inCentre    map[uuid.UUID][]uuid.UUID // services by the centre
	example     Example
}

type indexed struct {
	id                  uuid.UUID
	category, authority *uuid.UUID
	applicants          []Applicant
}

func newIndex(r rows) *Index {
	x := &Index{
		ids: make([]uuid.UUID, len(r.services)), english: make([]int32, 0, len(r.services)), places: make(map[uuid.UUID]int32, len(r.services)),
		categories: r.categories, situations: r.situations, example: r.example,
	}
	of := [kinds]map[uuid.UUID]bits{}
	for k := range of {
		of[k] = map[uuid.UUID]bits{}
	}
	applicants := map[Applicant]bits{}
	for i, s := range r.services {
		place := int32(i) //nolint:gosec // of services that fit in memory
		x.ids[i], x.places[s.id] = s.id, place
		if s.category != nil {
			x.put(of[byCategory], *s.category, place)
		}
		if s.authority != nil {
			x.put(of[byAuthority], *s.authority, place)
		}
		for _, a := range s.applicants {
			if applicants[a] == nil {
				applicants[a] = newBits(len(x.ids))
			}
			applicants[a].add(place)
		}
	}
	for _, id := range r.english {
		if place, ok := x.places[id]; ok {
			x.english = append(x.english, place)
		}
	}
	for k, lists := range map[kind]map[uuid.UUID][]uuid.UUID{bySituation: r.inSituation, byCentre: r.inCentre} {
		for id, services := range lists {
			for _, service := range services {
				if place, ok := x.places[service]; ok {
					x.put(of[k], id, place)
				}
			}
		}
	}
	for i, c := range x.categories {
		x.categories[i].Services = x.take(byCategory, c.Ref, of[byCategory])
	}
	for i, l := range x.situations {
		x.situations[i].Services = x.take(bySituation, l.Ref, of[bySituation])
	}
	for _, a := range r.authorities {
		x.take(byAuthority, a, of[byAuthority])
	}
	for _, c := range r.centres {
		x.take(byCentre, c, of[byCentre])
	}
	for _, a := range slices.Sorted(maps.Keys(applicants)) {
		x.kinds[byApplicant] = append(x.kinds[byApplicant], value{Ref{Code: string(a)}, applicants[a]})
	}
	return x
}

func (x *Index) put(of map[uuid.UUID]bits, id uuid.UUID, place int32) {
	if of[id] == nil {
		of[id] = newBits(len(x.ids))
	}
	of[id].add(place)
}

// take makes a value and returns how many services have it.
func (x *Index) take(k kind, named Ref, of map[uuid.UUID]bits) int {
	services := of[named.ID]
	if services == nil {
		services = newBits(len(x.ids))
	}
	x.kinds[k] = append(x.kinds[k], value{named, services})
	return services.count()
}

// on returns the services of the index that take applications through the site on the day.
func (t *Times) on(day time.Time, x *Index) bits {
	if last := t.online.Load(); last != nil && last.index == x && last.day.Equal(day) {
		return last.of
	}
	of := newBits(len(x.ids))
	for _, o := range t.opens {
		if o.since.After(day) {
			break
		}
		if place, ok := x.places[o.id]; ok {
			of.add(place)
		}
	}
	t.online.Store(&onlineOn{x, day, of})
	return of
}

// conditions are the services that pass each filter; nil where nothing was chosen. The last is byQuick.
func (x *Index) conditions(f Filter, online bits) (of [kinds + 1]bits) {
	for k, code := range map[kind]string{
		byCategory: f.Category, byAuthority: f.Authority, bySituation: f.Situation, byCentre: f.Centre, byApplicant: string(f.Applicant),
	} {
		if code == "" {
			continue
		}
		of[k] = newBits(len(x.ids))
		in := func(v value) bool { return v.Code == code }
		if k == byCategory {
			branch := x.branch(code)
			in = func(v value) bool { return branch[v.ID] }
		}
		for _, v := range x.kinds[k] {
			if in(v) {
				of[k].join(v.of)
			}
		}
	}
	if f.Quick {
		of[byQuick] = online
	}
	return of
}

// branch is the category with the code and all below it.
func (x *Index) branch(code string) map[uuid.UUID]bool {
	in := map[uuid.UUID]bool{}
	for grown := true; grown; {
		grown = false
		for _, c := range x.categories {
			if !in[c.ID] && (c.Code == code || c.ParentID != nil && in[*c.ParentID]) {
				in[c.ID], grown = true, true
			}
		}
	}
	return in
}

// searched are the services that a search found, or all without one.
func (x *Index) searched(found []Found) bits {
	if found == nil {
		return every(len(x.ids))
	}
	of := newBits(len(x.ids))
	for _, f := range found {
		if place, ok := x.places[f.ID]; ok {
			of.add(place)
		}
	}
	return of
}

// passing are the services that pass every filter but one; kinds+1 leaves out none.
func passing(from bits, conditions [kinds + 1]bits, but kind) bits {
	all := slices.Clone(from)
	for k, of := range conditions {
		if of != nil && kind(k) != but {
			all.keep(of)
		}
	}
	return all
}

// page returns one page of the services that match, in the order asked for, and where it stands among how many.
func (x *Index) page(f Filter, online bits) (ids []uuid.UUID, l List) {
	matching := passing(x.searched(f.Found), x.conditions(f, online), kinds+1)
	l.Total = matching.count()
	l.Page, l.Pages = pages(l.Total, f.Page)
	offset := (l.Page - 1) * PerPage
	var places []int32
	switch {
	case f.Sort == ByRelevance && f.Found != nil:
		places = x.byPoints(matching, f)
		places = places[min(offset, len(places)):min(offset+PerPage, len(places))]
	case f.Lang == locale.EN:
		places = sliceOf(x.english, matching, offset)
	default:
		places = matching.slice(offset, PerPage)
	}
	for _, place := range places {
		ids = append(ids, x.ids[place])
	}
	return ids, l
}

// sliceOf is one page of the places in an order that are in a set.
func sliceOf(order []int32, in bits, offset int) (places []int32) {
	for _, place := range order {
		if !in.has(place) {
			continue
		}
		if offset--; offset < 0 {
			if places = append(places, place); len(places) == PerPage {
				break
			}
		}
	}
	return places
}

// byPoints are the places that match, those with most points first and the others by name.
func (x *Index) byPoints(matching bits, f Filter) (places []int32) {
	points := make(map[int32]float64, len(f.Found))
	for _, found := range f.Found {
		if place, ok := x.places[found.ID]; ok && matching.has(place) {
			points[place] = found.Points
		}
	}
	places = slices.Sorted(maps.Keys(points))
	if f.Lang == locale.EN {
		places = places[:0]
		for _, place := range x.english {
			if _, ok := points[place]; ok {
				places = append(places, place)
			}
		}
	}
	slices.SortStableFunc(places, func(a, b int32) int { return cmp.Compare(points[b], points[a]) })
	return places
}

// facets counts, for every value of every filter, the services that would match with it. What was chosen keeps its name even
// where it leads to nothing.
func (x *Index) facets(f Filter, online bits) Facets {
	searched, conditions := x.searched(f.Found), x.conditions(f, online)
	chosen := map[kind]string{byAuthority: f.Authority, bySituation: f.Situation, byCentre: f.Centre}
	var all Facets
	for k := range kinds {
		left := passing(searched, conditions, k)
		for _, v := range x.kinds[k] {
			if n := left.countBoth(v.of); n > 0 || chosen[k] != "" && chosen[k] == v.Code {
				all.add(k, Facet{Code: v.Code, Name: v.Name, Count: n})
			}
		}
	}
	all.Quick = passing(searched, conditions, byQuick).countBoth(online)
	all.sort(f.Lang)
	return all
}

// Given says how many published services each centre and each authority gives, by the body's id.
type Given map[uuid.UUID]int

func (x *Index) given() Given {
	all := Given{}
	for _, k := range []kind{byAuthority, byCentre} {
		for _, v := range x.kinds[k] {
			all[v.ID] += v.of.count()
		}
	}
	return all
}
