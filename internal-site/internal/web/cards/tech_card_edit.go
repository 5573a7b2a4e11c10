package cards

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type techCardEditPage struct {
	web.Page
	Service     catalogue.Service
	Card        catalogue.TechCard // what was typed
	Form        *web.Form
	Actions     []ui.SelectItem
	Authorities []ui.SelectItem
}

// startTech begins a draft of the technological card, or opens the one there is.
func (h handlers) startTech(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	card, err := h.Services.StartTechCard(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	return web.Redirect(c, "/services/"+id.String()+"/tech-cards/"+card.String()+"/edit")
}

func (h handlers) techEdit(c *gin.Context) error {
	service, card, err := h.techDraft(c)
	if err != nil {
		return err
	}
	if card.State != catalogue.Draft {
		return web.Redirect(c, "/services/"+service.ID.String()+"/tech-cards/"+card.ID.String())
	}
	return h.renderTech(c, http.StatusOK, service, card, formOf(card.Meta, card.Content))
}

func (h handlers) techDraft(c *gin.Context) (catalogue.Service, catalogue.TechCard, error) {
	service, id, err := h.service(c)
	if err != nil {
		return service, catalogue.TechCard{}, err
	}
	card, err := h.Services.TechCard(c.Request.Context(), id)
	if err != nil {
		return service, card, err
	}
	if err := own(card.Meta, service); err != nil {
		return service, card, err
	}
	return service, card, catalogue.Permit(session.Actor(c), catalogue.StepEdit, catalogue.Draft, service)
}

func (h handlers) techEditPost(c *gin.Context) error {
	service, saved, err := h.techDraft(c)
	if err != nil {
		return err
	}
	form, err := h.site.ReadUpload(c, web.UploadLimits{}, func(web.Upload) error { return fault.New(fault.Invalid, "") })
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, formOf(saved.Meta, saved.Content).All())
	}
	card := catalogue.TechCard{Meta: catalogue.Meta{ID: saved.ID, ServiceID: service.ID, Number: saved.Number}}
	readMeta(form, &card.Meta)
	for _, e := range formtree.Decode(form.All(), &card.Content) {
		form.Add(e.Field, e.Key, e.Args...)
	}
	do := form.Value("do")
	if _, ok := formtree.Do(&card.Content, do); ok || do == conflict.DoEdit || do == "sum" {
		return h.renderTech(c, http.StatusOK, service, card, refillTech(form, card))
	}
	if form.OK() {
		err = h.Services.SaveTechCard(c.Request.Context(), session.Actor(c), card)
		if fault.Is(err, fault.Conflict) {
			return h.techConflict(c, service, card, refillTech(form, card))
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		card.Content = catalogue.TidyTech(card.Content)
		return h.renderTech(c, http.StatusUnprocessableEntity, service, card, refillTech(form, card))
	}
	h.site.Flash(c, "cards.saved")
	base := "/services/" + service.ID.String() + "/tech-cards/" + card.ID.String()
	if do == "finish" {
		return web.Redirect(c, base)
	}
	return web.Redirect(c, base+"/edit")
}

func refillTech(form *web.Form, card catalogue.TechCard) *web.Form {
	fresh := web.NewForm(url.Values{})
	for name, values := range formtree.Encode(card.Content) {
		fresh.Set(name, values...)
	}
	for _, name := range []string{"version", "effective_from-day", "effective_from-month", "effective_from-year"} {
		fresh.Set(name, form.Values(name)...)
	}
	for _, e := range form.Errors() {
		fresh.Add(e.Field, e.Key, e.Args...)
		if e.Field != "" && form.Has(e.Field) {
			fresh.Set(e.Field, form.Values(e.Field)...)
		}
	}
	return fresh
}

func (h handlers) techConflict(c *gin.Context, s catalogue.Service, mine catalogue.TechCard, form *web.Form) error {
	saved, err := h.Services.TechCard(c.Request.Context(), mine.ID)
	if err != nil {
		return err
	}
	p, base := h.site.Printer(c), "/services/"+s.ID.String()+"/tech-cards/"+mine.ID.String()
	by, err := h.Services.LastTechCardChange(c.Request.Context(), s.ID)
	if err != nil {
		return err
	}
	meanings, err := h.stageMeanings(c)
	if err != nil {
		return err
	}
	page := &conflict.Page{
		Action: base + "/edit", Saved: base, Overwrite: saved.State == catalogue.Draft, By: by,
		Rows: append(metaRows(p, saved.Meta, mine.Meta),
			conflict.Compare(p, "cards.field.", formtree.Encode(saved.Content), formtree.Encode(catalogue.TidyTech(mine.Content)), meanings)...),
	}
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

// stageMeanings says what the fields of stages mean to a person.
func (h handlers) stageMeanings(c *gin.Context) (map[string]conflict.Meaning, error) {
	p := h.site.Printer(c)
	authorities, err := h.Orgs.Names(c.Request.Context(), org.Authority)
	if err != nil {
		return nil, err
	}
	named := func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name }
	authority, action := conflict.OneOf(request.Options(p, "", authorities, named)), conflict.OneOf(request.Words(p, "", "stage.action.", catalogue.StageActions...))
	authority.Words[""] = p.T("cases.the_centre")
	return map[string]conflict.Meaning{
		"stages":              conflict.List(p.T("cards.stages"), func(n int) string { return p.T("cards.stage_n", strconv.Itoa(n)) }),
		"stages.authority_id": authority, "stages.action": action,
	}, nil
}

func (h handlers) renderTech(c *gin.Context, status int, s catalogue.Service, card catalogue.TechCard, form *web.Form) error {
	p := h.site.Printer(c)
	authorities, err := h.Orgs.Names(c.Request.Context(), org.Authority)
	if err != nil {
		return err
	}
	page := &techCardEditPage{
		Page:    web.Page{Breadcrumbs: crumbs(p, s, p.T("cards.tech_draft_title", card.Number)), Errors: form.Errors()},
		Service: s, Card: card, Form: form, Actions: request.Words(p, "", "stage.action.", catalogue.StageActions...),
		Authorities: request.Options(p, p.T("cases.the_centre"), authorities, func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name }),
	}
	return h.site.Render(c, status, "cards/tech_card_edit", page)
}

// Over says whether the stages take longer than the law allows.
func (p *techCardEditPage) Over() bool { return over(p.Card.Content) }

func over(c contract.TechCard) bool { return c.StatutoryDays > 0 && c.TotalDays() > c.StatutoryDays }
