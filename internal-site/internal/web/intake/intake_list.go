package intake

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type intakeListPage struct {
	web.Page
	Form    *web.Form
	Entries []intake.Entry
	Masses  []mass
	Open    bool
	List    ui.Listing
	Views   ui.SubNavigation
	Waiting int    // messages that wait to be opened for more than a minute
	Why     string // key of what they wait for, "" when it is not known
	Close   string // address of the decision about all that are shown, "" when there are none
	Retry   string
	Reasons []ui.SelectItem
	Kinds   []ui.SelectItem
	Places  []ui.SelectItem
}

// mass is a line of many entries with the list behind it.
type mass struct {
	intake.Mass
	Href string
}

// KindKey is the key of what the kind is called; the public site may name one that nobody knows.
func (m mass) KindKey() string {
	if !slices.Contains(contract.Kinds(), m.Kind) {
		return "intake.unknown"
	}
	return "intake.kind." + m.Kind
}

// list shows the queue, or what was decided lately.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	ctx, actor, f := c.Request.Context(), session.Actor(c), filterOf(form)
	list, err := h.Queue.List(ctx, actor, f)
	if err != nil {
		return err
	}
	page := &intakeListPage{
		Page: web.Page{Wide: true}, Form: form, Entries: list.Entries, Open: !f.Decided,
		List: request.Listing(c, list.Page, intake.PageSize, list.Total), Views: h.views(c, f.Decided),
	}
	if page.Waiting, page.Why, err = h.Queue.Waiting(ctx, actor); err != nil {
		return err
	}
	if page.Open && list.Total > 0 && f.Narrow() && access.MayEver(actor, intake.Handle) {
		page.Close, page.Retry = manyPath(f, intake.Close), manyPath(f, intake.Retry)
	}
	if !f.Narrow() && page.Open {
		for _, m := range list.Masses {
			page.Masses = append(page.Masses, mass{m, "/intake?" + query(m.Filter()).Encode()})
		}
	}
	if err := h.fillChoices(c, page); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "intake/intake_list", page)
}

// noPlace is the value of the field «place» for what belongs to none that is known.
const noPlace = "none"

// filter are the fields that narrow the list, and which of the two lists it is. A kind may be one that nobody knows here:
// the public site has named it.
var filter = request.Filter{
	"view": request.OneOf("decided"), "q": request.AnyText, "kind": request.AnyText,
	"reason": request.OneOf(intake.Reasons...), "place": request.AnyIDOr(noPlace),
}

func filterOf(form *web.Form) intake.Filter {
	return intake.Filter{
		Decided: form.Value("view") == "decided", Q: form.Value("q"), Kind: form.Value("kind"), Reason: form.Value("reason"),
		Place: request.FormID(form, "place"), NoPlace: form.Value("place") == noPlace, Page: request.Page(form),
	}
}

// query is a filter as it stands in an address.
func query(f intake.Filter) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": f.Q, "kind": f.Kind, "reason": f.Reason} {
		if value != "" {
			q.Set(name, value)
		}
	}
	switch {
	case f.NoPlace:
		q.Set("place", noPlace)
	case f.Place != uuid.Nil:
		q.Set("place", f.Place.String())
	}
	return q
}

func (h handlers) views(c *gin.Context, decided bool) ui.SubNavigation {
	p := h.site.Printer(c)
	return ui.SubNavigation{Label: p.T("intake.views"), Items: []ui.SubNavigationItem{
		{Content: ui.Content{Text: p.T("intake.view_open")}, Href: "/intake", Active: !decided},
		{Content: ui.Content{Text: p.T("intake.view_decided")}, Href: "/intake?view=decided", Active: decided},
	}}
}

func (h handlers) fillChoices(c *gin.Context, page *intakeListPage) error {
	p := h.site.Printer(c)
	page.Reasons = request.Words(p, p.T("intake.any"), "", intake.Reasons...)
	page.Kinds = request.Words(p, p.T("intake.any"), "intake.kind.", contract.Kinds()...)
	places, err := h.Queue.Places(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	page.Places = request.Options(p, p.T("intake.any"), places, func(place intake.Place) (string, locale.Text) { return place.ID.String(), place.Name })
	page.Places = append(page.Places, ui.SelectItem{Value: noPlace, Text: p.T("intake.unknown")})
	return nil
}
