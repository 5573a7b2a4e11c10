package offices

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type boardPage struct {
	web.Page
	Form        *web.Form
	Head        bool
	Offices     []offices.Named
	Absences    []offices.Absence
	Absent      []ui.SelectItem // of whom an absence can be entered
	Substitutes []ui.SelectItem
	People      []ui.SelectItem // to whom an office can be given
	Named       []ui.SelectItem
}

// seat is an office as a form names it: kind, place and title or key.
func seat(kind access.PlaceKind, place uuid.UUID, name string) string {
	return string(kind) + "/" + place.String() + "/" + name
}

func unseat(value string) (place access.Place, name string, ok bool) {
	parts := strings.SplitN(value, "/", 3)
	if len(parts) != 3 {
		return place, "", false
	}
	id, err := uuid.Parse(parts[1])
	return access.In(access.PlaceKind(parts[0]), id), parts[2], err == nil
}

// Held is the value of the form that takes an office from its holder.
func (*boardPage) Held(h offices.Holder) string { return seat(h.Kind, h.Place, h.Key) }

func (h handlers) board(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "offices/office_board", page)
}

func (h handlers) page(c *gin.Context, form *web.Form) (*boardPage, error) {
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	page := &boardPage{Form: form, Head: access.MayEver(actor, offices.Manage)}
	colleagues, away, err := h.Offices.Own(ctx, actor)
	if err != nil {
		return nil, err
	}
	board := offices.Board{}
	if page.Head {
		if board, err = h.Offices.Board(ctx, actor); err != nil {
			return nil, err
		}
	}
	page.Offices, page.Absences = board.Offices, board.Absences
	for _, a := range away {
		if !slices.ContainsFunc(page.Absences, func(b offices.Absence) bool { return a.ID == b.ID }) {
			page.Absences = append(page.Absences, a)
		}
	}
	named := func(c offices.Colleague) (string, locale.Text) {
		return c.ID.String(), locale.Text{UK: c.Name, EN: c.Name}
	}
	working := slices.DeleteFunc(board.Colleagues, func(c offices.Colleague) bool { return c.Gone })
	page.Absent = request.Options(p, p.T("offices.myself"), slices.DeleteFunc(slices.Clone(working), func(c offices.Colleague) bool { return c.ID == actor.UserID }), named)
	page.People = request.Options(p, p.T("offices.choose_person"), working, named)
	page.Substitutes = request.Options(p, p.T("offices.nobody"), colleagues, named)
	page.Named = request.Options(p, p.T("offices.choose_office"), page.Offices, func(n offices.Named) (string, locale.Text) {
		return seat(n.Kind, n.Place, n.Title), locale.Text{UK: n.Title, EN: n.Title}
	})
	return page, nil
}

// enter writes down an absence of oneself, or of one of a head's people.
func (h handlers) enter(c *gin.Context) error {
	return h.change(c, "offices.done_absence", func(form *web.Form, actor access.Actor) error {
		a := offices.Absence{User: request.FormID(form, "absent"), First: dateOf(form.Date("first")), Last: dateOf(form.Date("last")), Reason: form.Value("reason")}
		if a.User == uuid.Nil {
			a.User = actor.UserID
		}
		if id := request.FormID(form, "substitute"); id != uuid.Nil {
			a.Substitute = &id
		}
		if !form.OK() {
			return fault.InvalidFields(form.Errors()...)
		}
		return h.Offices.Enter(c.Request.Context(), actor, a)
	})
}

// dateOf is a day that was typed as a column holds it.
func dateOf(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return workdays.DateOf(at)
}

func (h handlers) end(c *gin.Context) error {
	return h.change(c, "offices.done_end", func(form *web.Form, actor access.Actor) error {
		return h.Offices.End(c.Request.Context(), actor, request.FormID(form, "absence"))
	})
}

func (h handlers) give(c *gin.Context) error {
	return h.change(c, "offices.done_give", func(form *web.Form, actor access.Actor) error {
		place, title, ok := unseat(form.Value("office"))
		form.Check(ok, "office", "offices.title_required")
		form.Check(form.Value("person") != "", "person", "offices.person_required")
		if !form.OK() {
			return fault.InvalidFields(form.Errors()...)
		}
		return h.Offices.Give(c.Request.Context(), actor, place, title, request.FormID(form, "person"))
	})
}

func (h handlers) take(c *gin.Context) error {
	return h.change(c, "offices.done_take", func(form *web.Form, actor access.Actor) error {
		place, key, ok := unseat(form.Value("office"))
		if !ok {
			return fault.New(fault.NotFound, "")
		}
		return h.Offices.Take(c.Request.Context(), actor, offices.Office{Place: place.ID, Key: key}, place.Kind, request.FormID(form, "holder"))
	})
}

// change does what a form of the page asks for, or shows the page again with what was typed.
func (h handlers) change(c *gin.Context, done string, do func(*web.Form, access.Actor) error) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if err := do(form, session.Actor(c)); err != nil {
		if !fault.Is(err, fault.Invalid) || form.OK() && !form.Take(err) {
			return err
		}
		page, err := h.page(c, form)
		if err != nil {
			return err
		}
		return h.site.Invalid(c, "offices/office_board", form, page)
	}
	h.site.Flash(c, done)
	return web.Redirect(c, "/offices")
}
