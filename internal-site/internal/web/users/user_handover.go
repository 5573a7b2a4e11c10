package users

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// handoverPage asks to whom the work goes that somebody has in hand.
type handoverPage struct {
	*userShowPage
	InHand     []cases.InHand
	Successors []ui.SelectItem // the first is none
	Ways       []ui.Choice
}

// path is where the account is shown.
func (p *userShowPage) path() string { return "/users/" + p.Account.ID.String() }

// The ways in which work is handed over, as the form names them.
const (
	toColleague = "colleague"
	toPool      = "pool"
	toNobody    = "stay"
)

// heir is to whom the work goes.
type heir struct {
	colleague *uuid.UUID // nil: the pool
	stay      bool       // nothing is handed over
}

func (h handlers) handoverPage(c *gin.Context, form *web.Form) (*handoverPage, error) {
	shown, err := h.page(c, form)
	if err != nil {
		return nil, err
	}
	page := &handoverPage{userShowPage: shown}
	page.Back, page.Breadcrumbs = &ui.Link{Href: page.path(), Text: page.Account.FullName}, nil
	if page.Open == 0 {
		return page, nil
	}
	ctx, p := c.Request.Context(), h.site.Printer(c)
	if page.InHand, err = h.Work.InHandOf(ctx, page.Account.ID); err != nil {
		return nil, err
	}
	of, err := h.Users.Object(ctx, page.Account.ID)
	if err != nil {
		return nil, err
	}
	list, err := h.Work.Successors(ctx, session.Actor(c), page.Account.ID, of)
	if err != nil {
		return nil, err
	}
	page.Successors = request.Options(p, p.T("users.choose"), list, func(s offices.Colleague) (string, locale.Text) {
		name := s.Name
		if position, _ := s.Position.In(p.Lang()); position != "" {
			name += ", " + position
		}
		if s.Absence != nil {
			return s.ID.String(), locale.Text{UK: name + " – " + p.T("users.away"), EN: name + " – " + p.T("users.away")}
		}
		return s.ID.String(), locale.Text{UK: name, EN: name}
	})
	page.Ways = []ui.Choice{ui.NewChoice(toPool, p.T("users.handover_pool"), p.T("users.handover_pool_hint"))}
	if len(list) > 0 {
		page.Ways = append([]ui.Choice{ui.NewChoice(toColleague, p.T("users.handover_to"), p.T("users.handover_to_hint"))}, page.Ways...)
	}
	if !page.Account.Blocked {
		page.Ways = append(page.Ways, ui.NewChoice(toNobody, p.T("users.handover_stay"), p.T("users.handover_stay_hint")))
	}
	return page, nil
}

// chosen reads to whom the work goes; what is wrong is said beside the fields.
func (p *handoverPage) chosen(form *web.Form) (to heir) {
	if p.Open == 0 {
		return heir{stay: true}
	}
	switch form.Value("handover") {
	case toColleague:
		id := request.FormID(form, "colleague")
		known := false
		for _, s := range p.Successors {
			known = known || s.Value == id.String()
		}
		form.Check(known, "colleague", "users.handover_whom")
		return heir{colleague: &id}
	case toPool:
		return heir{}
	case toNobody:
		return heir{stay: true}
	}
	form.Add("handover", "users.handover_required")
	return heir{}
}

// handOver gives the work away and says how much went where.
func (h handlers) handOver(c *gin.Context, page *handoverPage, to heir, done string) error {
	ctx := c.Request.Context()
	of, err := h.Users.Object(ctx, page.Account.ID)
	if err != nil {
		return err
	}
	given, released, err := h.Work.Reassign(ctx, session.Actor(c), page.Account.ID, to.colleague, of)
	if err != nil {
		return err
	}
	h.site.Flash(c, done, strconv.Itoa(given), strconv.Itoa(released))
	return web.Redirect(c, page.path())
}

func (h handlers) handover(c *gin.Context) error {
	page, err := h.handoverPage(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	if page.Open == 0 {
		return web.Redirect(c, page.path())
	}
	return h.site.Render(c, http.StatusOK, "users/user_handover", page)
}

// handoverPost gives away what somebody has in hand, whether they are blocked or leave for another place.
func (h handlers) handoverPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.handoverPage(c, form)
	if err != nil {
		return err
	}
	to := page.chosen(form)
	if !form.OK() || web.ShowOnly(c) {
		return h.site.Invalid(c, "users/user_handover", form, page)
	}
	if to.stay {
		return web.Redirect(c, page.path())
	}
	return h.handOver(c, page, to, "users.done_handover")
}
