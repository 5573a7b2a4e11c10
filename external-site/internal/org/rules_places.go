package org

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"portal.example/shared/locale"
	"portal.example/shared/ukr"
)

// Places are all that a visitor may choose from, by their codes: communities, each before its settlements.
type Places []Place

// unit is a row of the codifier.
type unit struct{ code, category, name string }

// newPlaces makes places of units, each of which comes after those that it lies in. What lies in no community is none of them.
func newPlaces(units []unit) Places {
	var all Places
	var district, community unit
	for _, u := range units {
		switch {
		case u.category == "P":
			district = u
		case u.category == "H" || u.category == "K":
			community = u
			all = append(all, newPlace(u, u, district))
		case community.code == "" || !within(u.code, community.code) || kinds[u.category] == "":
		default:
			all = append(all, newPlace(u, community, district))
		}
	}
	return all
}

func newPlace(u, community, district unit) Place {
	p := Place{Name: bothScripts(u.name), Kind: kinds[u.category], Community: Community{
		Code: community.code, Name: bothScripts(community.name), City: community.category == "K",
	}}
	if within(u.code, district.code) {
		p.District = bothScripts(district.name)
	}
	return p
}

func bothScripts(name string) locale.Text {
	name = strings.TrimSpace(name)
	return locale.Text{UK: name, EN: ukr.Latin(name)}
}

// within says whether the unit with the code lies in the other, or is the same.
func within(code, above string) bool {
	k, err := ukr.ParseKATOTTG(code)
	a, errAbove := ukr.ParseKATOTTG(above)
	return err == nil && errAbove == nil && (k == a || k.Within(a))
}

// Community returns the community with the code.
func (all Places) Community(code string) (Community, bool) {
	i := slices.IndexFunc(all, func(p Place) bool { return p.Community.Code == code })
	if i < 0 {
		return Community{}, false
	}
	return all[i].Community, true
}

// Communities lists the communities as places.
func (all Places) Communities() Places {
	var list Places
	for i, p := range all {
		if i == 0 || p.Community.Code != all[i-1].Community.Code {
			list = append(list, p)
		}
	}
	return list
}

// Find lists the places whose name has a word that begins as typed, in either script, at most n of them: names that are just
// that first, then those that begin with it. The kind of a settlement may stand before its name.
func (all Places) Find(typed string, n int) Places {
	typed = folded(typed)
	for _, kind := range kinds {
		if rest, ok := strings.CutPrefix(typed, kind); ok {
			typed = rest
		}
	}
	if typed == "" {
		return nil
	}
	type hit struct {
		place Place
		rank  int
	}
	var hits []hit
	for _, p := range all {
		if rank := min(rankOf(folded(p.Name.UK), typed), rankOf(folded(p.Name.EN), typed)); rank < noMatch {
			hits = append(hits, hit{p, rank})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	var found Places
	for _, h := range hits[:min(n, len(hits))] {
		found = append(found, h.place)
	}
	return found
}

const noMatch = 3

func rankOf(name, typed string) int {
	switch {
	case name == typed:
		return 0
	case strings.HasPrefix(name, typed):
		return 1
	case strings.Contains(" "+strings.ReplaceAll(name, "-", " "), " "+typed):
		return 2
	}
	return noMatch
}

// folded is a name as it is compared: small letters, single spaces, no apostrophes of any shape.
func folded(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("'’ʼ`ʹ", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}

// In says whether the centre lies in the community with the code.
func (c Centre) In(community string) bool { return within(c.UnitCode, community) }

// Nearest orders centres for whoever lives in a community: its own, then the others by the distance from its own, where that
// is known; otherwise those of the same district before the rest. What is equal keeps its order.
func Nearest(centres []Centre, community string) []Centre {
	ordered := slices.Clone(centres)
	home := slices.IndexFunc(centres, func(c Centre) bool { return c.In(community) && c.HasPlace() })
	far := func(c Centre) (tier int, km float64) {
		switch {
		case c.In(community):
			return 0, 0
		case home >= 0 && c.HasPlace():
			return 1, Distance(centres[home], c)
		case home < 0 && sameDistrict(c.UnitCode, community):
			return 1, 0
		}
		return 2, 0
	}
	slices.SortStableFunc(ordered, func(a, b Centre) int {
		tierA, kmA := far(a)
		tierB, kmB := far(b)
		return cmp.Or(cmp.Compare(tierA, tierB), cmp.Compare(kmA, kmB))
	})
	return ordered
}

// districtDigits are the beginning of a code that names region and district; a city without districts has zeros there.
const districtDigits = 6

func sameDistrict(code, other string) bool {
	return len(code) >= districtDigits && len(other) >= districtDigits && code[:districtDigits] == other[:districtDigits] &&
		code[districtDigits-2:districtDigits] != "00"
}

// Distance is how far two centres lie apart in a straight line, in kilometres. Both must have a place.
func Distance(a, b Centre) float64 {
	const earth = 6371
	latA, latB := radians(a.Latitude), radians(b.Latitude)
	north, east := latB-latA, radians(b.Longitude)-radians(a.Longitude)
	h := math.Pow(math.Sin(north/2), 2) + math.Cos(latA)*math.Cos(latB)*math.Pow(math.Sin(east/2), 2)
	return 2 * earth * math.Asin(math.Min(1, math.Sqrt(h)))
}

// radians reads decimal degrees; those of the replica are numbers.
func radians(degrees string) float64 {
	d, _ := strconv.ParseFloat(degrees, 64)
	return d * math.Pi / 180
}
