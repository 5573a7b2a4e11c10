package catalogue

import (
	"cmp"
	"slices"
	"strings"
	"time"
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

// Step is what staff say of one step of a path.
type Step struct {
	Number    int // OnPath.Step of its services
	Heading   locale.Text
	Text      locale.Text
	Optional  bool
	Term      StepTerm
	Elsewhere []Elsewhere
}

// StepTerm is when the law wants a step to be done, counted from the step before it and of the first one from the event itself.
type StepTerm struct {
	Kind  string // "" no term, within: no later than, not_before: no earlier than
	Count int
	Unit  string      // days, workdays, months, years
	Law   locale.Text // by which norm; may be empty
}

// Elsewhere is what others give at a step.
type Elsewhere struct {
	Name, Provider, Address, How locale.Text
	URL, Phone                   string
	CheckedOn                    *time.Time
}

// Stretch is one step of a path: what staff say of it, and what can be applied for together.
type Stretch struct {
	Step
	Services []OnPath
}

// Path joins the steps of a situation and its services, both by their numbers, into the stretches of the way, and tells the services
// beside it. A step need not have services, nor anything said of it.
func Path(services []OnPath, steps []Step) (way []Stretch, beside []OnPath) {
	for _, s := range steps {
		way = append(way, Stretch{Step: s})
	}
	for _, s := range services {
		if s.Step >= BesidePath {
			beside = append(beside, s)
			continue
		}
		i := slices.IndexFunc(way, func(t Stretch) bool { return t.Number == s.Step })
		if i < 0 {
			i = len(way)
			way = append(way, Stretch{Step: Step{Number: s.Step}})
		}
		way[i].Services = append(way[i].Services, s)
	}
	slices.SortStableFunc(way, func(a, b Stretch) int { return cmp.Compare(a.Number, b.Number) })
	return way, beside
}
