package reception

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/reception"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// spoken says matters in the words of a hall.
type spoken struct {
	words    *locale.Printer
	hall     reception.Hall
	services []reception.Service
}

// of is a matter in words: the letter and name of its group, and its service where that is known and is not all of the group.
func (n spoken) of(m reception.Matter) string {
	g := n.hall.Group(m.GroupID)
	name, _ := g.Name.In(n.words.Lang())
	name = n.words.T("reception.matter", g.Letter, name)
	if i := slices.IndexFunc(n.services, func(s reception.Service) bool { return m.ServiceID != nil && s.ID == *m.ServiceID }); i >= 0 {
		service, _ := n.services[i].Name.In(n.words.Lang())
		name = n.words.T("reception.matter_service", name, service)
	}
	return name
}

// all are matters in words, in order.
func (n spoken) all(matters []reception.Matter) (list []string) {
	for _, m := range matters {
		list = append(list, n.of(m))
	}
	return list
}

// choices are what can be booked, for a list to choose from: each group, and each of its services where it has several.
func (n spoken) choices() []ui.SelectItem {
	list := []ui.SelectItem{{Text: n.words.T("reception.matter_choose")}}
	for _, g := range n.hall.BookedGroups() {
		matters := []reception.Matter{{GroupID: g.ID}}
		for _, s := range g.Services {
			if len(g.Services) > 1 {
				matters = append(matters, reception.Matter{GroupID: g.ID, ServiceID: &s})
			}
		}
		for _, m := range matters {
			list = append(list, ui.SelectItem{Value: matterValue(m), Text: n.of(m)})
		}
	}
	return list
}

// matterField is the field of a form that holds a matter; it is there once for each.
const matterField = "matter"

// matterValue is a matter as a form holds it.
func matterValue(m reception.Matter) string {
	if m.ServiceID == nil {
		return m.GroupID.String()
	}
	return m.GroupID.String() + "/" + m.ServiceID.String()
}

// mattersOf reads the matters that a form names. What is none is left out, and of more than there may be the rest.
func mattersOf(form *web.Form) (list []reception.Matter) {
	for _, value := range form.Values(matterField) {
		if m := matterOf(value); m.GroupID != uuid.Nil && len(list) < contract.MaxMatters {
			list = append(list, m)
		}
	}
	return list
}

// matterOf reads a matter as a form holds it; zero for what is none.
func matterOf(value string) (m reception.Matter) {
	group, service, _ := strings.Cut(value, "/")
	m.GroupID, _ = uuid.Parse(group)
	if s, err := uuid.Parse(service); err == nil {
		m.ServiceID = &s
	}
	return m
}
