package cards

import (
	"context"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

type cardShowPage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Card
	Kind    string // cards
	Can     map[string]bool
	Against int // number of the published version that Changes compares with, 0 when there is none
	Changes []catalogue.Change
	Preview template.HTML
	Missing []string // what is still missing before approval
}

func (h handlers) card(c *gin.Context) error {
	page, err := h.cardPage(c)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cards/card_show", page)
}

func (h handlers) cardPage(c *gin.Context) (*cardShowPage, error) {
	service, id, err := h.service(c)
	if err != nil {
		return nil, err
	}
	ctx, p := c.Request.Context(), h.site.Printer(c)
	card, err := h.Services.Card(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := own(card.Meta, service); err != nil {
		return nil, err
	}
	page := &cardShowPage{
		Page:    web.Page{Breadcrumbs: crumbs(p, service, p.T("cards.version_title", card.Number))},
		Service: service, Card: card, Kind: "cards", Can: mayStep(session.Actor(c), card.Meta, service),
	}
	if card.State == catalogue.Draft {
		page.Missing = missing(p, catalogue.CheckCard(card.Content, true))
	}
	return page, h.compare(ctx, page, p)
}

// missing is what keeps a draft from being approved, in words.
func missing(p *locale.Printer, err error) []string {
	form := web.NewForm(nil)
	form.Take(err)
	var words []string
	for _, e := range form.Errors() {
		words = append(words, p.T(e.Key, e.Args...))
	}
	return words
}

// compare shows what the version changes against the one that citizens see now.
func (h handlers) compare(ctx context.Context, page *cardShowPage, p *locale.Printer) error {
	if page.Card.State == catalogue.Published || page.Card.State == catalogue.Withdrawn {
		return nil
	}
	published, err := h.Services.CardInForce(ctx, page.Service.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	actName, err := h.actNames(ctx, p)
	if err != nil {
		return err
	}
	page.Against = published.Number
	page.Changes = catalogue.Diff(published.Content, page.Card.Content, actName)
	return nil
}

func (h handlers) actNames(ctx context.Context, p *locale.Printer) (func(contract.ActRef) string, error) {
	acts, err := h.Services.Acts(ctx)
	if err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{}
	for _, a := range acts {
		names[a.ID], _ = a.Name.In(p.Lang())
	}
	return func(a contract.ActRef) string { return names[a.ID] }, nil
}

// start begins a draft of the information card, or opens the one there is.
func (h handlers) start(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	card, err := h.Services.StartCard(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	return web.Redirect(c, "/services/"+id.String()+"/cards/"+card.String()+"/edit")
}

// step takes a version one step on its way.
func (h handlers) step(step catalogue.Step) web.Handler {
	take := map[catalogue.Step]func(context.Context, access.Actor, catalogue.Meta) error{
		catalogue.StepDiscard: h.Services.DiscardCard, catalogue.StepApprove: h.Services.ApproveCard,
		catalogue.StepPublish: h.Services.PublishCard, catalogue.StepWithdraw: h.Services.WithdrawCard,
	}[step]
	return func(c *gin.Context) error {
		page, err := h.cardPage(c)
		if err != nil {
			return err
		}
		form, err := web.ParseForm(c)
		if err != nil {
			return err
		}
		err = take(c.Request.Context(), session.Actor(c), catalogue.Meta{ID: page.Card.ID, Version: request.Version(form)})
		if err == nil {
			return h.stepDone(c, page.Service.ID, "cards/"+page.Card.ID.String(), step)
		}
		status, ok := h.stepFailed(form, &page.Page, err)
		if !ok {
			return err
		}
		return h.site.Render(c, status, "cards/card_show", page)
	}
}

// stepDone leads to the version, or to the service when the version is no more.
func (h handlers) stepDone(c *gin.Context, service uuid.UUID, version string, step catalogue.Step) error {
	h.site.Flash(c, "cards.done."+string(step))
	if step == catalogue.StepDiscard {
		return web.Redirect(c, "/services/"+service.String())
	}
	return web.Redirect(c, "/services/"+service.String()+"/"+version)
}

// stepFailed says on the version's own page why a step was refused; ok is false for other errors.
func (h handlers) stepFailed(form *web.Form, page *web.Page, err error) (status int, ok bool) {
	switch {
	case form.Take(err):
		for _, e := range form.Errors() {
			e.Field = "" // the fields are on another page
			page.Errors = append(page.Errors, e)
		}
		return http.StatusUnprocessableEntity, true
	case fault.Is(err, fault.Conflict):
		key := fault.MessageKey(err)
		if key != "catalogue.step_refused" {
			key = "cards.stale"
		}
		page.Errors = []fault.FieldError{{Key: key}}
		return http.StatusConflict, true
	}
	return 0, false
}
