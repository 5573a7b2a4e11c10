// Package cards is the area of information and technological cards: drafts, approval, publication, the
// preview as citizens see it. It may import shared, internal/catalogue, internal/documents, internal/org,
// internal/access and the packages beside it; it knows no SQL.
package cards

import (
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

// Deps is what the area needs.
type Deps struct {
	Services *catalogue.Store
	Orgs     *org.Store
	Files    *documents.Store
	Vault    *documents.Vault
	Preview  *cardview.Renderer
}

type handlers struct {
	site *web.Site
	Deps
}

// Register adds the area's pages.
func Register(site *web.Site, r gin.IRouter, d Deps) {
	h := handlers{site, d}
	g := r.Group("/services/:id", session.Require(site, catalogue.View))
	site.GET(g, "/cards/:card", h.card)
	site.GET(g, "/cards/:card/preview", h.preview)
	site.GET(g, "/tech-cards/:card", h.techCard)
	site.GET(g, "/templates/:file", h.template)
	e := r.Group("/services/:id", session.Require(site, catalogue.EditCard))
	site.POST(e, "/cards", h.start)
	site.GET(e, "/cards/:card/edit", h.edit)
	site.POST(e, "/cards/:card/edit", h.editPost)
	site.POST(e, "/tech-cards", h.startTech)
	site.GET(e, "/tech-cards/:card/edit", h.techEdit)
	site.POST(e, "/tech-cards/:card/edit", h.techEditPost)
	for _, step := range []catalogue.Step{catalogue.StepDiscard, catalogue.StepApprove, catalogue.StepPublish, catalogue.StepWithdraw} {
		s := r.Group("/services/:id", session.Require(site, rights[step]))
		site.POST(s, "/cards/:card/"+string(step), h.step(step))
		site.POST(s, "/tech-cards/:card/"+string(step), h.techStep(step))
	}
}

// rights are those that a step takes at least somewhere; the store asks for them over the very service.
var rights = map[catalogue.Step]access.Action{
	catalogue.StepDiscard: catalogue.EditCard, catalogue.StepApprove: catalogue.ApproveCard,
	catalogue.StepPublish: catalogue.PublishCard, catalogue.StepWithdraw: catalogue.PublishCard,
}

// service reads the service of the address and a version that has to be its own.
func (h handlers) service(c *gin.Context) (catalogue.Service, uuid.UUID, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return catalogue.Service{}, uuid.Nil, err
	}
	card, err := request.ID(c, "card")
	if err != nil {
		return catalogue.Service{}, uuid.Nil, err
	}
	service, err := h.Services.Get(c.Request.Context(), id)
	return service, card, err
}

// own refuses the version of another service.
func own(m catalogue.Meta, s catalogue.Service) error {
	if m.ServiceID != s.ID {
		return fault.New(fault.NotFound, "")
	}
	return nil
}

func crumbs(p *locale.Printer, s catalogue.Service, last string) []ui.Link {
	name, _ := s.Name.In(p.Lang())
	return []ui.Link{
		{Href: "/services", Text: p.T("services.title")},
		{Href: "/services/" + s.ID.String(), Text: name},
		{Text: last},
	}
}

// mayStep says which steps the person may take with a version now.
func mayStep(actor access.Actor, m catalogue.Meta, s catalogue.Service) map[string]bool {
	can := map[string]bool{}
	for _, step := range []catalogue.Step{
		catalogue.StepEdit, catalogue.StepDiscard, catalogue.StepApprove, catalogue.StepPublish, catalogue.StepWithdraw,
	} {
		can[string(step)] = catalogue.Permit(actor, step, m.State, s) == nil
	}
	return can
}
