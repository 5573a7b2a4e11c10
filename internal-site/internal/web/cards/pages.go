package cards

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

// pages are the pages of one kind of card.
type pages[C any] struct {
	handlers
	kind     string // folder of its addresses and prefix of its parts: "cards" or "tech-cards"
	versions Versions[C]
	own      subject[C]
	uploads  web.UploadLimits // files that its form takes
	preview  bool             // citizens see it on a page of its own
}

// subject is what the form and the comparison of one kind of card have of their own.
type subject[C any] interface {
	// fill sets the fields of the form that are no fields of the content.
	fill(form *web.Form, content C)
	// read is the other way round; what no field shows stays as it was saved.
	read(form *web.Form, saved C, content *C)
	// attach keeps a file that was sent with the form and adds it to the content.
	attach(c *gin.Context, s catalogue.Service, content *C, file web.Upload, data []byte) error
	// sections returns how a content reads as lines of text.
	sections(c *gin.Context) (func(C) []catalogue.Section, error)
	// shows returns what the page of a version shows besides, and choices what its form offers to choose from.
	shows(c *gin.Context, content C) (any, error)
	choices(c *gin.Context, s catalogue.Service, content C) (any, error)
}

// routes are the addresses of the kind's pages.
func (p pages[C]) routes(service area.Object) []area.Route {
	see, edit := area.Over(catalogue.View, service), area.Over(catalogue.EditCard, service)
	base := "/" + p.kind
	list := []area.Route{
		area.POST(base, edit, p.start),
		area.GET(base+"/:card", see, p.show),
		area.GET(base+"/:card/edit", edit, p.edit),
		area.POST(base+"/:card/edit", edit, p.editPost),
	}
	for _, step := range catalogue.Steps {
		if step == catalogue.StepEdit {
			continue
		}
		right := area.Over(catalogue.RightOf(step), service)
		if confirmed[step] {
			list = append(list, area.GET(base+"/:card/"+string(step), right, p.confirm(step)))
		}
		list = append(list, area.POST(base+"/:card/"+string(step), right, p.step(step)))
	}
	return list
}

// trial is how the stages of a technological card end when they begin on the worst day of a year; nil for another kind, and
// where there is nothing to hold them against.
func (p pages[C]) trial(c *gin.Context, content C) (*workdays.Trial, error) {
	card, ok := any(content).(contract.TechCard)
	if !ok {
		return nil, nil //nolint:nilnil // there is none
	}
	calendar, err := p.Orgs.Calendar(c.Request.Context())
	if err != nil {
		return nil, err
	}
	if worst, ok := catalogue.TryTech(card, calendar, workdays.DateOf(p.site.Now())); ok {
		return &worst, nil
	}
	return nil, nil //nolint:nilnil // there is none
}

// version reads the service and its version that the address names.
func (p pages[C]) version(c *gin.Context) (s catalogue.Service, v catalogue.Version[C], err error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return s, v, err
	}
	version, err := request.ID(c, "card")
	if err != nil {
		return s, v, err
	}
	if s, err = p.Services.Get(c.Request.Context(), id); err != nil {
		return s, v, err
	}
	v, err = p.versions.Get(c.Request.Context(), version)
	if err == nil && v.ServiceID != s.ID {
		err = fault.New(fault.NotFound, "")
	}
	return s, v, err
}

// base is the address of a version's page.
func (p pages[C]) base(m catalogue.Meta) string {
	return "/services/" + m.ServiceID.String() + "/" + p.kind + "/" + m.ID.String()
}

// start begins a draft, or opens the one there is.
func (p pages[C]) start(c *gin.Context) error {
	service, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	id, err := p.versions.Start(c.Request.Context(), session.Actor(c), service)
	if err != nil {
		return err
	}
	return web.Redirect(c, p.base(catalogue.Meta{ID: id, ServiceID: service})+"/edit")
}

func crumbs(p *locale.Printer, s catalogue.Service, last string) []ui.Link {
	return []ui.Link{
		{Href: "/services", Text: p.T("catalogue.services")},
		{Href: "/services/" + s.ID.String(), Text: p.Value(s.Name)},
		{Text: last},
	}
}

// mayStep says which steps the person may take with a version now.
func mayStep(actor access.Actor, m catalogue.Meta, s catalogue.Service) map[string]bool {
	can := map[string]bool{}
	for _, step := range catalogue.Steps {
		can[string(step)] = catalogue.Permit(actor, step, m, s) == nil
	}
	return can
}
