// Package cards is the area of information and technological cards: drafts, approval, publication, the
// preview as citizens see it. It may import shared, internal/catalogue, internal/documents, internal/org,
// internal/access and the packages beside it; it knows no SQL.
package cards

import (
	"embed"
	"io/fs"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Services *catalogue.Store
	Orgs     *org.Store
	Files    *documents.Store
	Vault    *documents.Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is information and technological cards, which live under their service.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "cards", Path: "/services/:id", Files: files, Words: []fs.FS{catalogue.Words}, KeepsText: true,
		Routes: func(site *web.Site) []area.Route {
			h, service := handlers{site, d}, area.ByID("service", d.Services.Object)
			see, edit := area.Over(catalogue.View, service), area.Over(catalogue.EditCard, service)
			routes := []area.Route{
				area.GET("/cards/:card", see, h.card),
				area.GET("/cards/:card/preview", see, h.preview),
				area.GET("/tech-cards/:card", see, h.techCard),
				area.GET("/templates/:file", see, h.template),
				area.POST("/cards", edit, h.start),
				area.GET("/cards/:card/edit", edit, h.edit),
				area.POST("/cards/:card/edit", edit, h.editPost),
				area.POST("/tech-cards", edit, h.startTech),
				area.GET("/tech-cards/:card/edit", edit, h.techEdit),
				area.POST("/tech-cards/:card/edit", edit, h.techEditPost),
			}
			for _, step := range []catalogue.Step{catalogue.StepDiscard, catalogue.StepApprove, catalogue.StepPublish, catalogue.StepWithdraw} {
				right := area.Over(rights[step], service)
				routes = append(routes,
					area.POST("/cards/:card/"+string(step), right, h.step(step)),
					area.POST("/tech-cards/:card/"+string(step), right, h.techStep(step)),
				)
			}
			return routes
		},
	}
}

// rights are those that a step takes; the store asks for them again.
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
