package services

import (
	"fmt"
	"strings"

	"portal.example/external-site/internal/catalogue"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

// filters are the choices of the form, each with the number of services it leads to.
type filters struct {
	Categories, Situations, Authorities, Centres []ui.SelectItem
	Applicants                                   []ui.Choice
	Online                                       []ui.Choice
	Sorts                                        []ui.SelectItem

	printer *locale.Printer
	names   map[string]string // of the value chosen, by the filter's name
}

// active is a filter in force and the address of the list without it.
type active struct {
	Name, Href string
}

func newFilters(p *locale.Printer, in state, f catalogue.Facets, categories []catalogue.Category, online bool) filters {
	all := filters{printer: p, names: map[string]string{}}
	if chosen, _, ok := catalogue.Find(categories, in.Category); ok {
		all.names["category"] = p.Value(chosen.Name)
	}
	all.Categories = all.choices("category", in.Category, all.categories(f.CategoryTree(categories), 0))
	all.Situations = all.choices("situation", in.Situation, f.Situations)
	all.Authorities = all.choices("authority", in.Authority, f.Authorities)
	all.Centres = all.choices("centre", in.Centre, f.Centres)
	counts := map[string]int{}
	for _, v := range f.Applicants {
		counts[v.Code] = v.Count
	}
	anybody := ui.NewChoice("", p.T("services.any"))
	anybody.Checked = in.Applicant == ""
	all.Applicants = append(all.Applicants, anybody)
	for _, a := range catalogue.Applicants {
		name := p.T("services.applicant." + string(a))
		all.Applicants = append(all.Applicants, ui.NewChoice(string(a), counted(name, counts[string(a)])))
		if in.Applicant == string(a) {
			all.names["applicant"] = name
		}
	}
	if online {
		all.Online = []ui.Choice{ui.NewChoice("1", counted(p.T("services.online"), f.Quick))}
	}
	if in.Query != "" {
		all.Sorts = []ui.SelectItem{
			{Value: string(catalogue.ByRelevance), Text: p.T("services.sort_relevance")},
			{Value: string(catalogue.ByName), Text: p.T("services.sort_name")},
		}
	}
	return all
}

func counted(name string, n int) string { return fmt.Sprintf("%s (%d)", name, n) }

// choices makes the items of a select: any, then the values; the one chosen stays even when it leads to nothing.
func (f *filters) choices(name, chosen string, values []catalogue.Facet) []ui.SelectItem {
	items := []ui.SelectItem{{Value: "", Text: f.printer.T("services.any")}}
	known := false
	for _, v := range values {
		text := f.printer.Value(v.Name)
		if v.Code == chosen {
			known = true
			f.names[name] = strings.TrimLeft(text, "\u00a0")
		}
		option := ui.SelectItem{Value: v.Code, Text: counted(text, v.Count)}
		if _, in := other(v.Name, f.printer.Lang()); in != "" {
			option.Attributes = ui.Attributes{"lang": string(in)}
		}
		items = append(items, option)
	}
	if chosen != "" && !known && f.names[name] != "" {
		items = append(items, ui.SelectItem{Value: chosen, Text: counted(f.names[name], 0)})
	}
	return items
}

// known is the state without the conditions that the catalogue has no name for.
func (f *filters) known(in state) state {
	for name, value := range map[string]*string{
		"category": &in.Category, "situation": &in.Situation, "authority": &in.Authority, "centre": &in.Centre, "applicant": &in.Applicant,
	} {
		if f.names[name] == "" {
			*value = ""
		}
	}
	return in
}

const indent = "\u00a0\u00a0\u00a0"

// categories writes the classification as one list, deeper levels further to the right.
func (f *filters) categories(tree []catalogue.Category, depth int) []catalogue.Facet {
	var list []catalogue.Facet
	for _, c := range tree {
		name := c.Name
		in := strings.Repeat(indent, depth)
		name.UK = in + name.UK
		if name.EN != "" {
			name.EN = in + name.EN
		}
		list = append(list, catalogue.Facet{Code: c.Code, Name: name, Count: c.Services})
		list = append(list, f.categories(c.Children, depth+1)...)
	}
	return list
}

// active lists the filters in force in the order of the form.
func (f *filters) active(in state) []active {
	in.Page = 1
	var list []active
	add := func(name string, change func(*state)) {
		if text := f.names[name]; text != "" {
			s := in
			change(&s)
			list = append(list, active{Name: text, Href: s.address()})
		}
	}
	add("category", func(s *state) { s.Category = "" })
	add("situation", func(s *state) { s.Situation = "" })
	add("authority", func(s *state) { s.Authority = "" })
	add("centre", func(s *state) { s.Centre = "" })
	add("applicant", func(s *state) { s.Applicant = "" })
	if in.Online {
		f.names["online"] = f.printer.T("services.online")
		add("online", func(s *state) { s.Online = false })
	}
	return list
}
