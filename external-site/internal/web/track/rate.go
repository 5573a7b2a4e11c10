package track

import (
	"context"
	"html/template"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/surveys"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Surveys finds what somebody is asked whose case has ended; surveys.Store does.
type Surveys interface {
	Offered(ctx context.Context, service string, centre uuid.UUID, ended time.Time) (surveys.Survey, error)
}

type ratePage struct {
	web.Page
	Number  string
	Survey  surveys.Survey
	Fields  template.HTML
	Action  string
	Discard string
	Begun   bool
	Days    int
	Trouble string
}

// rating is the answers about one case while their page is shown or sent.
type rating struct {
	*handlers
	sending.Writing[*surveys.Draft]
	c      *gin.Context
	who    holder
	status tracking.Status
	survey surveys.Survey
}

// ratePath is where the case is rated. As with replies, the address names the case.
const ratePath = "/track/rate/"

// offered is the survey for the holder of the case; NotFound when nothing is asked: it has not ended, or was rated.
func (h *handlers) offered(ctx context.Context, s tracking.Status) (surveys.Survey, error) {
	if ended := s.Concluded(); h.Surveys != nil && !ended.IsZero() && !s.Rated {
		return h.Surveys.Offered(ctx, s.ServiceCode, s.Case.CentreID, ended)
	}
	return surveys.Survey{}, fault.New(fault.NotFound, "")
}

// ratingOf finds the case that the reader has open and what they have answered. Who may not answer is told so before the first question.
func (h *handlers) ratingOf(c *gin.Context) (*rating, bool, error) {
	who, s, done, err := h.opened(c)
	if done || err != nil {
		return nil, done, err
	}
	if err := h.remember(c, who); err != nil {
		return nil, false, err
	}
	if s.Case == nil || c.Param("case") != s.Case.ID.String() {
		return nil, true, web.Redirect(c, "/track/status")
	}
	r := &rating{handlers: h, c: c, who: who, status: s}
	r.survey, err = h.offered(c.Request.Context(), s)
	if fault.Is(err, fault.NotFound) {
		key := "track.rate_over"
		if s.Rated {
			key = "track.rated_already"
		}
		h.site.Flash(c, key)
		return nil, true, web.Redirect(c, "/track/status")
	}
	if err != nil {
		return nil, false, err
	}
	r.Writing, err = sending.Write(h.Window.At(h.site), c, r.Path(), r.empty)
	if r.On(r); err == nil && r.Sent { // the button was pressed twice, or the answer was lost
		h.site.Flash(c, "track.rate_done")
		return nil, true, web.Redirect(c, "/track/status")
	}
	return r, false, err
}

func (r *rating) empty() *surveys.Draft {
	return surveys.NewDraft(r.survey, surveys.Rated{Case: r.status.Case.ID, Code: r.who.code})
}

// showRating is the page of the survey, with what was answered before.
func (h *handlers) showRating(c *gin.Context) error {
	r, done, err := h.ratingOf(c)
	if done || err != nil {
		return err
	}
	return r.Opened(func(form *web.Form) {
		if !r.Begun && c.Query("back") != "" {
			form.Add("", "submission.no_draft")
		}
	})
}

// saveRating keeps what was answered, and sends it when that was asked for.
func (h *handlers) saveRating(c *gin.Context) error {
	r, done, err := h.ratingOf(c)
	if done || err != nil {
		return err
	}
	return r.Save()
}

// Path implements sending.Paged; the cookies go no further.
func (r *rating) Path() string { return ratePath + r.status.Case.ID.String() }

// BackPath implements sending.Paged.
func (r *rating) BackPath() string { return r.Path() + "?back=1" }

// Prepare implements sending.Paged.
func (r *rating) Prepare() {}

// Keep implements sending.Paged: it sends what was answered. Pressed twice, it is sent once.
func (r *rating) Keep(form *web.Form) error {
	return sending.KeepAnd(&r.Writing, form, func() error {
		window := r.Window.At(r.site)
		switch err := window.Submit(r.c, r.Path(), r.empty(), nil); {
		case err == nil, fault.Is(err, fault.NotFound):
			r.site.Flash(r.c, "track.rate_done")
			return web.Redirect(r.c, "/track/status")
		case fault.Is(err, fault.Conflict):
			return web.Redirect(r.c, r.BackPath())
		case fault.Is(err, fault.TooMany):
			return r.Render(fault.Status(err), form, fault.MessageKey(err))
		default:
			return r.Render(sending.Status(err), form, window.NotSent(r.c, err, "track.rate_not_sent"))
		}
	})
}

// Render implements sending.Paged.
func (r *rating) Render(status int, form *web.Form, trouble string) error {
	sheet, err := r.Draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &ratePage{
		Number: named(r.who.number, r.status), Survey: r.survey, Action: r.Path(), Discard: r.Path() + "/discard", Begun: r.Begun,
		Days: sending.DraftDays(), Trouble: trouble,
	}
	if p.Fields, err = r.Window.At(r.site).Fields(r.c, draw, sheet, r.Draft.Base(), form); err != nil {
		return err
	}
	p.NoIndex = true
	p.Errors = sheet.Step.InOrder(form.Errors())
	p.Back = &ui.Link{Href: "/track/status", Text: r.site.T(r.c, "track.to_status")}
	return r.site.Render(r.c, status, "track/rate", p)
}

// discardRating forgets what was answered and not sent.
func (h *handlers) discardRating(c *gin.Context) error {
	id, err := uuid.Parse(c.Param("case"))
	if err != nil {
		return fault.New(fault.NotFound, "")
	}
	if err := h.Window.At(h.site).Discard(c, ratePath+id.String()); err != nil {
		return err
	}
	h.site.Flash(c, "sending.discarded")
	return web.Redirect(c, "/track/status")
}
