package services

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type serviceEditPage struct {
	web.Page
	Form *web.Form
	New  bool
	choices
	Applicants    []ui.Choice
	CentreChoices []ui.Choice
	Situations    []ui.Choice
	Yes           []ui.Choice
	Publish       []ui.Choice
}

// serviceForm is a service as it is typed.
type serviceForm struct {
	Version        int      `form:"version"`
	Code           string   `form:"code"`
	NameUK         string   `form:"name.uk"`
	NameEN         string   `form:"name.en"`
	SummaryUK      string   `form:"summary.uk"`
	SummaryEN      string   `form:"summary.en"`
	Keywords       string   `form:"keywords"`
	Category       string   `form:"category_id"`
	Authority      string   `form:"authority_id"`
	ApplicantTypes []string `form:"applicant_types"`
	Centres        []string `form:"centres"`
	Situations     []string `form:"situations"`
	Quick          bool     `form:"quick"`
	Published      bool     `form:"published"`
	Notes          string   `form:"internal_notes"`
}

// formOf is the form that shows a service.
func formOf(s catalogue.Service) *web.Form {
	form := web.FormOf(serviceForm{
		Version: s.Version, Code: s.Code, NameUK: s.Name.UK, NameEN: s.Name.EN, SummaryUK: s.Summary.UK, SummaryEN: s.Summary.EN,
		Keywords: s.Keywords, Category: idText(s.CategoryID), Authority: idText(s.AuthorityID), ApplicantTypes: s.ApplicantTypes,
		Centres: texts(s.Centres), Situations: texts(s.Situations), Quick: s.Quick, Published: s.Published, Notes: s.InternalNotes,
	})
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

// read takes the form apart; an id that is none is no choice.
func (f serviceForm) service(id uuid.UUID) catalogue.Service {
	return catalogue.Service{
		ID: id, Version: f.Version, Code: f.Code, Name: locale.Text{UK: f.NameUK, EN: f.NameEN},
		Summary: locale.Text{UK: f.SummaryUK, EN: f.SummaryEN}, Keywords: f.Keywords, CategoryID: parseID(f.Category),
		AuthorityID: parseID(f.Authority), ApplicantTypes: f.ApplicantTypes, Centres: parseIDs(f.Centres),
		Situations: parseIDs(f.Situations), Quick: f.Quick, Published: f.Published, InternalNotes: f.Notes,
	}
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

func texts(ids []uuid.UUID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

func parseID(s string) *uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil {
		return nil
	}
	return &id
}

func parseIDs(list []string) []uuid.UUID {
	var ids []uuid.UUID
	for _, s := range list {
		if id := parseID(s); id != nil {
			ids = append(ids, *id)
		}
	}
	return ids
}

func (h handlers) add(c *gin.Context) error {
	fresh := catalogue.Service{ApplicantTypes: []string{"person"}}
	own, err := h.authorities(c)
	if err != nil {
		return err
	}
	if len(own) == 1 {
		fresh.AuthorityID = &own[0].ID
	}
	return h.render(c, http.StatusOK, formOf(fresh), true)
}

func (h handlers) addPost(c *gin.Context) error { return h.save(c, catalogue.Service{}) }

func (h handlers) edit(c *gin.Context) error {
	service, err := h.editable(c)
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, formOf(service), false)
}

// editable is the service in the address, if the person may edit it.
func (h handlers) editable(c *gin.Context) (catalogue.Service, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return catalogue.Service{}, err
	}
	service, err := h.Services.Get(c.Request.Context(), id)
	if err != nil {
		return service, err
	}
	return service, access.Require(session.Actor(c), catalogue.EditService, service.Object())
}

func (h handlers) editPost(c *gin.Context) error {
	service, err := h.editable(c)
	if err != nil {
		return err
	}
	return h.save(c, service)
}

// save stores what was typed; before is the service as it is, the zero one for a new service.
func (h handlers) save(c *gin.Context, before catalogue.Service) error {
	id := before.ID
	// The page of a conflict sends the form as multipart, this one as it comes.
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	if id != uuid.Nil && conflict.Picked(form) {
		saved, err := h.Services.Get(c.Request.Context(), id)
		if err != nil {
			return err
		}
		form = conflict.Merge(form, formOf(saved).All())
	}
	if form.Value("do") == conflict.DoEdit || form.Has("back") {
		return h.render(c, http.StatusOK, form, id == uuid.Nil)
	}
	var in serviceForm
	form.Bind(&in)
	if withdraws(before, in) && form.Value("sure") == "" {
		return h.confirm(c, before, form)
	}
	switch {
	case id == uuid.Nil:
		in.Version = 0
	case in.Version <= 0:
		in.Version = -1 // of nothing: a conflict, never a new service
	}
	saved, err := h.Services.Save(c.Request.Context(), session.Actor(c), in.service(id))
	if fault.Is(err, fault.Conflict) {
		return h.conflict(c, id, form)
	}
	if err != nil && !form.Take(err) {
		return err
	}
	if !form.OK() {
		return h.render(c, http.StatusUnprocessableEntity, form, id == uuid.Nil)
	}
	h.site.Flash(c, "services.saved")
	return web.Redirect(c, "/services/"+saved.String())
}

func (h handlers) conflict(c *gin.Context, id uuid.UUID, form *web.Form) error {
	saved, err := h.Services.Get(c.Request.Context(), id)
	if err != nil {
		return err
	}
	by, err := h.Services.LastChange(c.Request.Context(), id)
	if err != nil {
		return err
	}
	meanings, err := h.meanings(c)
	if err != nil {
		return err
	}
	page := &conflict.Page{
		Action: "/services/" + id.String() + "/edit", Saved: "/services/" + id.String(), Overwrite: true, By: by,
		Latest: formOf(saved).All(),
	}
	page.Rows = conflict.Compare(h.site.Printer(c), "services.field.", page.Latest, form.All(), meanings)
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

// meanings says what the fields of the form mean to a person.
func (h handlers) meanings(c *gin.Context) (map[string]conflict.Meaning, error) {
	p, page := h.site.Printer(c), &serviceEditPage{}
	var err error
	if page.choices, err = h.choices(c, ""); err != nil {
		return nil, err
	}
	if err := h.fillChoices(c, page); err != nil {
		return nil, err
	}
	return map[string]conflict.Meaning{
		"category_id": conflict.OneOf(page.Categories), "authority_id": conflict.OneOf(page.Authorities),
		"applicant_types": conflict.SetOf(page.Applicants), "centres": conflict.SetOf(page.CentreChoices),
		"situations": conflict.SetOf(page.Situations), "quick": conflict.Tick(p), "published": conflict.Tick(p),
	}, nil
}

func (h handlers) render(c *gin.Context, status int, form *web.Form, isNew bool) error {
	p := h.site.Printer(c)
	page := &serviceEditPage{Form: form, New: isNew}
	page.Errors = form.Errors()
	page.Back = &ui.Link{Href: "/services", Text: p.T("services.title")}
	if !isNew {
		page.Back = &ui.Link{Href: "/services/" + c.Param("id"), Text: p.T("services.back")}
	}
	var err error
	if page.choices, err = h.choices(c, p.T("services.choose")); err != nil {
		return err
	}
	own, err := h.authorities(c)
	if err != nil {
		return err
	}
	page.Authorities = request.Options(p, p.T("services.choose"), own, named)
	if err := h.fillChoices(c, page); err != nil {
		return err
	}
	return h.site.Render(c, status, "services/service_edit", page)
}

// authorities are those whose services the person may change.
func (h handlers) authorities(c *gin.Context) ([]org.Name, error) {
	names, err := h.Orgs.Names(c.Request.Context(), org.Authority)
	actor := session.Actor(c)
	return slices.DeleteFunc(names, func(n org.Name) bool {
		return !access.Can(actor, catalogue.EditService, catalogue.Service{AuthorityID: &n.ID}.Object())
	}), err
}

func named(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name }

func (h handlers) fillChoices(c *gin.Context, page *serviceEditPage) error {
	p, ctx := h.site.Printer(c), c.Request.Context()
	for _, a := range catalogue.ApplicantTypes {
		page.Applicants = append(page.Applicants, ui.NewChoice(a, p.T("applicant."+a)))
	}
	centres, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return err
	}
	for _, n := range centres {
		name, _ := n.Name.In(p.Lang())
		page.CentreChoices = append(page.CentreChoices, ui.NewChoice(n.ID.String(), name))
	}
	situations, err := h.Services.Situations(ctx)
	if err != nil {
		return err
	}
	for _, s := range situations {
		name, _ := s.Name.In(p.Lang())
		page.Situations = append(page.Situations, ui.NewChoice(s.ID.String(), name))
	}
	page.Yes = []ui.Choice{ui.NewChoice("true", p.T("services.quick_yes"), p.T("services.quick_hint"))}
	page.Publish = []ui.Choice{ui.NewChoice("true", p.T("services.publish_yes"), p.T("services.publish_hint"))}
	return nil
}
