package cards

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

type techCardShowPage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.TechCard
	Kind    string // tech-cards
	Can     map[string]bool
	Names   map[uuid.UUID]locale.Text
	Over    bool
	Missing []string
}

// Who names the body that works at a stage; empty for the centre itself.
func (p *techCardShowPage) Who(id *uuid.UUID) locale.Text {
	if id == nil {
		return locale.Text{}
	}
	return p.Names[*id]
}

func (h handlers) techCard(c *gin.Context) error {
	page, err := h.techPage(c)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cards/tech_card_show", page)
}

func (h handlers) techPage(c *gin.Context) (*techCardShowPage, error) {
	service, id, err := h.service(c)
	if err != nil {
		return nil, err
	}
	ctx, p := c.Request.Context(), h.site.Printer(c)
	card, err := h.Services.TechCard(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := own(card.Meta, service); err != nil {
		return nil, err
	}
	page := &techCardShowPage{
		Page:    web.Page{Breadcrumbs: crumbs(p, service, p.T("cards.tech_version_title", card.Number))},
		Service: service, Card: card, Kind: "tech-cards", Can: mayStep(session.Actor(c), card.Meta, service),
		Names: map[uuid.UUID]locale.Text{}, Over: over(card.Content),
	}
	if card.State == catalogue.Draft {
		page.Missing = missing(p, catalogue.CheckTech(card.Content, true))
	}
	names, err := h.Orgs.Names(ctx, org.Authority)
	for _, n := range names {
		page.Names[n.ID] = n.Name
	}
	return page, err
}

// techStep takes a version one step on its way.
func (h handlers) techStep(step catalogue.Step) web.Handler {
	take := map[catalogue.Step]func(context.Context, access.Actor, catalogue.Meta) error{
		catalogue.StepDiscard: h.Services.DiscardTechCard, catalogue.StepApprove: h.Services.ApproveTechCard,
		catalogue.StepPublish: h.Services.PublishTechCard, catalogue.StepWithdraw: h.Services.WithdrawTechCard,
	}[step]
	return func(c *gin.Context) error {
		page, err := h.techPage(c)
		if err != nil {
			return err
		}
		form, err := web.ParseForm(c)
		if err != nil {
			return err
		}
		err = take(c.Request.Context(), session.Actor(c), catalogue.Meta{ID: page.Card.ID, Version: request.Version(form)})
		if err == nil {
			return h.stepDone(c, page.Service.ID, "tech-cards/"+page.Card.ID.String(), step)
		}
		status, ok := h.stepFailed(form, &page.Page, err)
		if !ok {
			return err
		}
		return h.site.Render(c, status, "cards/tech_card_show", page)
	}
}
