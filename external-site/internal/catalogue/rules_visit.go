package catalogue

import (
	"slices"
	"strings"
	"unicode"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// MaxTogether is how many services one visit may be prepared for.
const MaxTogether = 10

// Together is a service that somebody wants to apply for in one visit.
type Together struct {
	Named
	HasCard bool
	Card    contract.Card
	Online  bool
	Centres []string // codes of the published centres that take applications for it
}

// Needed is a document that services of one visit ask for.
type Needed struct {
	Name      locale.Text
	Notes     []locale.Text // what the cards say of it, each text once
	Show      bool          // it is only shown, so that one is enough
	Originals int           // how many are handed in
	Copies    int
	Always    []Named // services that always need it
	Sometimes []Named // services that need it only in the cases that the notes name
}

// Documents is the union of the documents of the services, in the order in which the cards name them. A document is the same when it
// is called the same: the identifiers of cards are their own. What is only shown is needed once; what is handed in, for each service.
func Documents(services []Together) []Needed {
	var list []Needed
	at := map[string]int{}
	for _, s := range services {
		for _, d := range s.Card.Documents {
			key := sameName(d.Name)
			i, known := at[key]
			if !known {
				i = len(list)
				at[key] = i
				list = append(list, Needed{Name: d.Name})
			}
			list[i].add(s.Named, d)
		}
	}
	return list
}

func (n *Needed) add(s Named, d contract.Document) {
	switch d.Form {
	case "original":
		n.Originals++
	case "copy":
		n.Copies++
	default:
		n.Show = true
	}
	if d.Required {
		n.Always = append(n.Always, s)
	} else {
		n.Sometimes = append(n.Sometimes, s)
	}
	if !d.Note.IsZero() && !slices.Contains(n.Notes, d.Note) {
		n.Notes = append(n.Notes, d.Note)
	}
}

// sameName is the name without what differs by accident: letter case, blanks and punctuation.
func sameName(name locale.Text) string {
	text := name.UK
	if text == "" {
		text = name.EN
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// CommonCentres are the codes of the centres that take applications for all of the services.
func CommonCentres(services []Together) []string {
	if len(services) == 0 {
		return nil
	}
	common := slices.Clone(services[0].Centres)
	for _, s := range services[1:] {
		common = slices.DeleteFunc(common, func(code string) bool { return !slices.Contains(s.Centres, code) })
	}
	return common
}

// BesidePath is the step of services that stand beside the path of a life situation.
const BesidePath = 100

// OnPath is a service of a life situation with its place there.
type OnPath struct {
	Item
	Step int // services with the same one can be applied for together; BesidePath for those that stand beside
	Note locale.Text
}

// Stretch is one step of a path: what can be applied for together.
type Stretch struct{ Services []OnPath }

// Path divides the services of a situation, which come by their steps, into the stretches of the way and those beside it.
func Path(services []OnPath) (way []Stretch, beside []OnPath) {
	for i, s := range services {
		switch {
		case s.Step >= BesidePath:
			beside = append(beside, s)
		case i > 0 && services[i-1].Step == s.Step:
			way[len(way)-1].Services = append(way[len(way)-1].Services, s)
		default:
			way = append(way, Stretch{[]OnPath{s}})
		}
	}
	return way, beside
}
