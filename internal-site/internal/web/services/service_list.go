package services

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const listSize = 50

type serviceListPage struct {
	web.Page
	Form     *web.Form
	Services []catalogue.Row
	List     ui.Listing
	CanAdd   bool
	choices
	CardStates []ui.SelectItem
	YesNo      []ui.SelectItem
	Mine       []ui.SelectItem
}

// choices are the lists that both the filter and the form choose from.
type choices struct {
	Categories  []ui.SelectItem
	Authorities []ui.SelectItem
	Centres     []ui.SelectItem
}

func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	f := filterOf(form)
	if request.WantsCSV(form) {
		return h.export(c, f)
	}
	actor, p := session.Actor(c), h.site.Printer(c)
	rows, total, shown, err := request.ReadPage(f.Page, f.Size, func(n int) ([]catalogue.Row, int, error) {
		f.Page = n
		return h.Services.List(c.Request.Context(), actor, f)
	})
	if err != nil {
		return err
	}
	page := &serviceListPage{
		Form: form, Services: rows, List: request.Listing(c, shown, f.Size, total), CanAdd: access.MayEver(actor, catalogue.EditService),
		CardStates: request.Words(p, p.T("services.any"), "services.card_filter.", cardStates...),
		YesNo:      request.Words(p, p.T("services.any"), "services.", yesNo...),
		Mine:       request.Words(p, p.T("services.any"), "services.mine.", rights...),
	}
	page.List.ExportHref = request.ExportHref(c)
	if page.choices, err = h.choices(c, p.T("services.any")); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "services/service_list", page)
}

// mine are the rights by which the list can be narrowed to the actor's own services.
var mine = map[string]access.Action{"edit": catalogue.EditCard, "approve": catalogue.ApproveCard, "publish": catalogue.PublishCard}

// The values that the fields of the filter take.
var (
	cardStates = []string{"draft", "submitted", "approved", "published", "none"}
	yesNo      = []string{"yes", "no"}
	rights     = []string{"edit", "approve", "publish"}
)

// filter are the fields that narrow the list.
var filter = request.Filter{
	"q": request.AnyText, "category": request.AnyID, "authority": request.AnyID, "centre": request.AnyID,
	"card": request.OneOf(cardStates...), "quick": request.OneOf(yesNo...), "published": request.OneOf(yesNo...),
	"mine": request.OneOf(rights...),
}

func filterOf(form *web.Form) catalogue.Filter {
	return catalogue.Filter{
		Q: form.Value("q"), CategoryID: request.FormID(form, "category"), AuthorityID: request.FormID(form, "authority"),
		CentreID: request.FormID(form, "centre"), CardState: form.Value("card"), Quick: form.Value("quick"),
		Published: form.Value("published"), Right: mine[form.Value("mine")], Page: request.Page(form), Size: listSize,
	}
}

// export sends the whole filtered list as a file. It holds nothing of any person: lists that do, such as those
// of cases, may not be taken away.
func (h handlers) export(c *gin.Context, f catalogue.Filter) error {
	f.Page, f.Size = 1, request.MaxExport
	rows, _, err := h.Services.List(c.Request.Context(), session.Actor(c), f)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	word := map[bool]string{true: p.T("services.yes"), false: p.T("services.no")}
	lines := make([][]string, len(rows))
	for i, r := range rows {
		state := ""
		if r.DraftState != "" {
			state = p.T("card_state." + string(r.DraftState))
		}
		tech := ""
		if r.TechState != "" {
			tech = p.T("services.tech_state." + string(r.TechState))
		}
		form := ""
		if r.FormState != "" {
			form = p.T("services.form_state." + string(r.FormState))
		}
		lines[i] = []string{
			r.Code, p.Value(r.Name), p.Value(r.Category), p.Value(r.Authority), word[r.Published], word[r.Quick],
			cardNumber(r.CardNumber), state, tech, form, p.DateShort(r.UpdatedAt),
		}
	}
	head := []string{
		p.T("services.code"), p.T("services.name"), p.T("services.category"), p.T("services.authority"), p.T("services.published"),
		p.T("services.quick"), p.T("services.card"), p.T("services.draft"), p.T("services.tech_cards"), p.T("services.forms"), p.T("services.updated"),
	}
	return request.SendCSV(c, "services", head, lines)
}

func cardNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (h handlers) choices(c *gin.Context, first string) (ch choices, err error) {
	ctx, p := c.Request.Context(), h.site.Printer(c)
	categories, err := h.Services.Categories(ctx)
	if err != nil {
		return ch, err
	}
	authorities, err := h.Orgs.Names(ctx, org.Authority)
	if err != nil {
		return ch, err
	}
	centres, err := h.Orgs.Names(ctx, org.Centre)
	if err != nil {
		return ch, err
	}
	ch.Categories = request.Options(p, first, categories, func(x catalogue.Choice) (string, locale.Text) { return x.ID.String(), x.Name })
	ch.Authorities = request.Options(p, first, authorities, named)
	ch.Centres = request.Options(p, first, centres, named)
	return ch, nil
}
