package counter

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type visitShowPage struct {
	web.Page
	Form    *web.Form
	Visit   counter.Visit
	Draw    counter.Draw // of the slip's code
	Found   []counter.Known
	Nobody  string       // what was looked for and not found; "": nothing was looked for, or somebody was found
	AsWhat  string       // key of a word about what the page made of it
	Differs []difference // what was saved otherwise meanwhile
	Earlier []counter.Earlier
	Likely  *counter.Earlier // which the application is likely to repeat

	Service  *counter.Service
	Sheet    []sheetPart // its application form
	Offers   []counter.Offer
	NoOffer  bool // services were looked for and none found
	Frequent []counter.Offer
	Scans    map[string][]counter.Scan // by line
	Sent     []counter.Sent            // files that the applicant sent online
	Opening  bool                      // some of them are still to be opened

	Unshown []unshown // typed, and without a field on this page

	Kinds, Documents, Told, Bases []ui.SelectItem
	Givens, GivensOptional        []ui.SelectItem
	// GivensSent and GivensSentOptional are those of documents that the applicant sent, Lines what such a file can be.
	GivensSent, GivensSentOptional, Lines []ui.SelectItem
	Grounds, Repeats                      []ui.SelectItem
	Accept                                string
}

// Ready says whether the visitor is named well enough for the next step to be worked on.
func (p *visitShowPage) Ready() bool {
	return p.Form.Value("surname") != "" || p.Form.Value("entity") != ""
}

// unshown is something that was typed and that the page has no field for now.
type unshown struct{ Name, Value string }

// ofService are the fields of a service's own part of the page, or the beginnings of their names.
var ofService = []string{counter.Field(""), counter.SheetsField(""), counter.SentField(""), counter.AnswerPrefix, "earlier", "shortfall", "extra", "refusal_ground", "refusal_text"}

// keepUnshown carries on what was typed about a service that was taken out meanwhile: whoever chooses it again finds it.
func (p *visitShowPage) keepUnshown() {
	if p.Service != nil {
		return
	}
	for _, name := range p.Form.Names() {
		if !slices.ContainsFunc(ofService, func(part string) bool { return strings.HasPrefix(name, part) }) {
			continue
		}
		for _, value := range p.Form.Values(name) {
			p.Unshown = append(p.Unshown, unshown{name, value})
		}
	}
}

// show shows a visit; one that has ended leads to its papers, or says how it ended.
func (h handlers) show(c *gin.Context) error {
	v, err := h.visit(c)
	if err != nil {
		return err
	}
	if v.State == counter.Registered {
		return web.Redirect(c, "/counter/"+v.ID.String()+"/papers")
	}
	page, err := h.page(c, v, formOf(v))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "counter/visit_show", page)
}

func (h handlers) visit(c *gin.Context) (counter.Visit, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return counter.Visit{}, err
	}
	return h.Visits.Get(c.Request.Context(), session.Actor(c), id)
}

// page is the page of a visit with what form says was typed.
func (h handlers) page(c *gin.Context, v counter.Visit, form *web.Form) (*visitShowPage, error) {
	form.Set("version", strconv.Itoa(v.Version))
	page := &visitShowPage{Form: form, Visit: v, Draw: counter.NewDraw(), Accept: ".pdf,.jpg,.jpeg,.png"}
	page.Back = &ui.Link{Href: "/counter", Text: h.site.T(c, "counter.title")}
	if v.State != counter.Open {
		return page, nil
	}
	c.Header("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()") // photos of documents
	h.choices(c, page)
	for _, fill := range []func(*gin.Context, *visitShowPage) error{h.found, h.service, h.sheet, h.earlier, h.scans, h.sent, h.offer} {
		if err := fill(c, page); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// choices fills in what the page's selects offer.
func (h handlers) choices(c *gin.Context, page *visitShowPage) {
	p := h.site.Printer(c)
	page.Kinds = request.Words(p, "", "applicant.", contract.ApplicantPerson, contract.ApplicantEntrepreneur, contract.ApplicantEntity)
	page.Documents = []ui.SelectItem{{Value: "", Text: p.T("counter.document.passport")}}
	page.Documents = append(page.Documents, request.Words(p, "", "counter.document.", contract.DocumentForeign, contract.DocumentResidence)...)
	page.Told = request.Words(p, p.T("counter.told.default"), "counter.told.", contract.ToldBySMS, contract.ToldByEmail, contract.ToldByNone)
	page.Bases = request.Words(p, p.T("counter.basis.choose"), "counter.basis.", contract.BasisLaw, contract.BasisAttorney)
	for _, given := range counter.Givens {
		item := ui.SelectItem{Value: string(given), Text: p.T("counter.given." + string(given))}
		page.GivensOptional = append(page.GivensOptional, item)
		if given != counter.NotNeeded {
			page.Givens = append(page.Givens, item)
		}
	}
}

// found fills in who was found by what the visitor said.
func (h handlers) found(c *gin.Context, page *visitShowPage) (err error) {
	q := page.Visit.Content.Sought
	if q == "" {
		return nil
	}
	sought := counter.Recognise(q, h.site.Now())
	if page.Found, err = h.Visits.Find(c.Request.Context(), session.Actor(c), sought); err != nil || len(page.Found) > 0 {
		return err
	}
	page.Nobody = q
	if sought.Clue == counter.ByEDRPOU && page.Visit.Content.Who.Kind == contract.ApplicantEntity {
		page.AsWhat = "counter.nobody_entity"
	}
	return nil
}

// service fills in what was chosen, or what there is to choose.
func (h handlers) service(c *gin.Context, page *visitShowPage) (err error) {
	ctx, v := c.Request.Context(), page.Visit
	if v.ServiceID != nil {
		found, err := h.Visits.Service(ctx, v.CentreID, *v.ServiceID)
		switch {
		case err == nil:
			page.Service = &found
			return nil
		case !fault.Is(err, fault.NotFound):
			return err
		}
	}
	if q := v.Content.ServiceSought; q != "" {
		page.Form.Set("service_q", q)
		if page.Offers, err = h.Visits.Offers(ctx, v.CentreID, q); err != nil {
			return err
		}
		page.NoOffer = len(page.Offers) == 0
	}
	page.Frequent, err = h.Visits.Frequent(ctx, v.CentreID)
	return err
}

// offer fills in how the documents of the chosen service are most often brought, and the grounds for refusing them.
func (h handlers) offer(c *gin.Context, p *visitShowPage) error {
	if p.Service == nil {
		return nil
	}
	printer := h.site.Printer(c)
	offered := p.Visit.Content.Offered(p.Service.Card, p.Sent...)
	for id, line := range offered.Lines {
		if p.Form.Value(counter.Field(id)) == "" {
			p.Form.Set(counter.Field(id), string(line.Given))
		}
	}
	p.Grounds = request.Options(printer, printer.T("counter.ground_other"), p.Service.Card.Refusal, func(g contract.Ground) (string, locale.Text) { return g.ID, g.Text })
	return nil
}

// earlier fills in what the same person has applied for, and which of it this application is likely to repeat.
func (h handlers) earlier(c *gin.Context, page *visitShowPage) (err error) {
	who := page.Visit.Content.Who.Normal()
	if page.Earlier, err = h.Visits.EarlierOf(c.Request.Context(), session.Actor(c), who); err != nil || len(page.Earlier) == 0 {
		return err
	}
	p := h.site.Printer(c)
	page.Repeats = []ui.SelectItem{{Value: "", Text: p.T("counter.repeats_none")}}
	since := h.site.Now().Add(-counter.RepeatDays * 24 * time.Hour)
	for i, e := range page.Earlier {
		name, _ := e.Service.In(p.Lang())
		page.Repeats = append(page.Repeats, ui.SelectItem{Value: e.ID.String(), Text: e.Number + ", " + name})
		if page.Likely == nil && page.Service != nil && e.ServiceID == page.Service.ID && e.RegisteredAt.After(since) {
			page.Likely = &page.Earlier[i]
		}
	}
	return nil
}

func (h handlers) scans(c *gin.Context, page *visitShowPage) error {
	list, err := h.Visits.ScansOf(c.Request.Context(), page.Visit)
	page.Scans = map[string][]counter.Scan{}
	for _, s := range list {
		page.Scans[s.Line] = append(page.Scans[s.Line], s)
	}
	return err
}
