package services

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type serviceShowPage struct {
	web.Page
	Service    catalogue.Service
	Cards      []catalogue.Meta
	TechCards  []catalogue.Meta
	Forms      []catalogue.Meta
	Acts       []law.Cited
	Reviews    []law.Review // what the card has to be looked at for
	Needs      []need
	CentreList []org.Name
	Situations []catalogue.Choice
	CanEdit    bool
	CanDraft   bool
	HasDraft   bool
	HasTech    bool // a draft of the technological card
	HasForm    bool // a draft of the application form
	PublicURL  string
}

func (h handlers) show(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	service, err := h.Services.Get(ctx, id)
	if err != nil {
		return err
	}
	page := &serviceShowPage{
		Page:    web.Page{Breadcrumbs: crumbs(h.site.Printer(c), service)},
		Service: service, CanEdit: access.Can(actor, catalogue.EditService, service.Object()),
		CanDraft: access.Can(actor, catalogue.EditCard, service.Object()), PublicURL: h.PublicURL,
	}
	if page.Acts, err = h.Acts.Cited(ctx, actor, id); err != nil {
		return err
	}
	if page.Reviews, err = h.Acts.ReviewsOf(ctx, actor, id); err != nil {
		return err
	}
	if err := h.fill(ctx, page, id); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "services/service_show", page)
}

func (h handlers) fill(ctx context.Context, page *serviceShowPage, id uuid.UUID) (err error) {
	if page.Cards, err = h.Cards.List(ctx, id); err != nil {
		return err
	}
	if page.TechCards, err = h.TechCards.List(ctx, id); err != nil {
		return err
	}
	if page.Forms, err = h.Forms.List(ctx, id); err != nil {
		return err
	}
	ready, err := h.Services.Readiness(ctx, id)
	if err != nil {
		return err
	}
	page.Needs = needs(ready)
	page.HasDraft, page.HasTech = slices.ContainsFunc(page.Cards, open), slices.ContainsFunc(page.TechCards, open)
	page.HasForm = slices.ContainsFunc(page.Forms, open)
	centres, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return err
	}
	page.CentreList = slices.DeleteFunc(centres, func(n org.Name) bool { return !slices.Contains(page.Service.Centres, n.ID) })
	situations, err := h.Services.Situations(ctx)
	page.Situations = slices.DeleteFunc(situations, func(s catalogue.Choice) bool { return !slices.Contains(page.Service.Situations, s.ID) })
	return err
}

// need is one thing that a service has to have before citizens can see it or apply for it.
type need struct {
	Key string // of its words
	Why string // key of what cannot be done without it
	Met bool
}

func needs(r catalogue.Readiness) []need {
	return []need{{"card", "why_card", r.Card}, {"tech_card", "why_online", r.TechCard}, {"form", "why_online", r.Form}}
}

// open says whether a version still goes its way to publication.
func open(m catalogue.Meta) bool { return m.State == catalogue.Draft || m.State == catalogue.Approved }

func crumbs(p *locale.Printer, s catalogue.Service) []ui.Link {
	name, _ := s.Name.In(p.Lang())
	return []ui.Link{{Href: "/services", Text: p.T("services.title")}, {Text: name}}
}
