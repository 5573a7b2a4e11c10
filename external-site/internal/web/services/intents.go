package services

import (
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/search"
	"portal.example/shared/contract"
)

// intent is what somebody came for besides services, and the page that has it.
type intent struct {
	Kind search.Intent // a part of the keys of its words
	Href string        // "" where the words say it all
	Off  bool          // this site does not do it: the words say what to do instead
}

// intentPages are where the intents lead. Those that depend on a module name it; without it their words say so.
var intentPages = map[search.Intent]struct {
	href, module string
}{
	search.Hours: {href: "/centres"}, search.Centres: {href: "/centres"}, search.Booking: {href: "/complaints#appointment"}, search.Complaint: {href: "/complaints"},
	search.Blank: {}, search.Price: {}, search.Cabinet: {href: "/cabinet"},
	search.Track: {href: "/track"}, search.Ask: {href: "/centres", module: contract.ModuleQuestions},
}

// intents are the pages for what was typed besides services.
func (h *handlers) intents(c *gin.Context, found search.Found) (list []intent, err error) {
	if len(found.Intents) == 0 {
		return nil, nil
	}
	switches, err := h.Switches(c.Request.Context())
	if err != nil {
		return nil, err
	}
	for _, kind := range found.Intents {
		if kind == search.Cabinet && !h.Cabinet {
			kind = search.Track // what a person without an account would look for there
		}
		if slices.ContainsFunc(list, func(i intent) bool { return i.Kind == kind }) {
			continue
		}
		page := intentPages[kind]
		i := intent{Kind: kind, Href: page.href}
		if i.Off = page.module != "" && !switches.On(page.module); i.Off {
			i.Href = "/complaints"
		}
		list = append(list, i)
	}
	return list, nil
}
