package apply

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type checkPage struct {
	web.Page
	Service  applications.Service
	Form     *web.Form
	Sections []section
	Centre   locale.Text
	Action   string
	Discard  string
	Days     int
	Trouble  string
	Remember bool // who applies can be kept in the cabinet
	Signed   []signed
	Unfit    bool // one of them does not hold, or is of a file that was replaced or removed
	Unsigned bool // a signature was removed just now
	Moved    bool // the centre that was chosen is not there any more, and there is only one left
}

// section is the answers of one page, with a link to change them.
type section struct {
	Title  locale.Text
	Change string
	List   ui.SummaryList
}

// signed is a signature with the address where it is removed.
type signed struct {
	Name   string
	Words  string // what is known of it, "" when nothing is
	Remove string
}

// check shows all answers before they are sent.
func (h *handlers) check(c *gin.Context) error {
	s, d, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	if next := s.NextPage(d, h.site.Now()); next != "check" {
		return web.Redirect(c, h.path(c, s, next))
	}
	form, status := web.NewForm(url.Values{}), http.StatusOK
	if c.Query("remember") != "" {
		form.Set("remember", "true")
	}
	if form.Check(c.Query("unconfirmed") == "", "consent", "apply.consent_required"); !form.OK() {
		status = http.StatusUnprocessableEntity
	}
	return h.showCheck(c, status, s, d, form, "")
}

func (h *handlers) showCheck(c *gin.Context, status int, s applications.Service, d *applications.Draft, form *web.Form, trouble string) error {
	p := &checkPage{
		Service: s, Form: form, Action: h.path(c, s, "check"), Discard: h.path(c, s, "/discard"), Trouble: trouble,
		Days: int(submission.DraftLife.Hours() / 24),
	}
	p.Moved, p.Remember = d.CentreGone, !d.Filled && h.SignedIn(c)
	p.Unsigned = c.Query("unsigned") != ""
	for _, one := range d.Signatures() {
		p.Signed = append(p.Signed, signed{one.Name, h.Signs(c, d.Base(), one), h.unsignPath(c, s, one.ID.String())})
		p.Unfit = p.Unfit || one.Unfit()
	}
	p.NoIndex = true
	p.Errors = form.Errors()
	pages := s.Pages(d)
	p.Back = &ui.Link{Href: h.path(c, s, pages[len(pages)-1].ID), Text: h.site.T(c, "apply.back")}
	if centre, ok := d.Centre(); ok {
		p.Centre = centre.Name
	}
	for _, page := range pages {
		p.Sections = append(p.Sections, section{
			Title: page.Title, Change: h.path(c, s, page.ID), List: h.Answers(c, page.Form, page.ID, d.AnswersOf(page), d.Base()),
		})
	}
	return h.site.Render(c, status, "apply/check", p)
}

// send seals the application and hands it over. Pressed twice, it leads to the same receipt.
func (h *handlers) send(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	s, d, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	if form.Value("consent") != "true" { // an address that can be opened again, as after an error on a page of the form
		to := with(h.path(c, s, "check"), "unconfirmed")
		if form.Has("remember") {
			to = with(to, "remember")
		}
		return web.Redirect(c, to)
	}
	sent, now := s.NewDraft(), false // not when a press before has sent it
	switch err := h.Submit(c, base(s), sent, func() submission.Copy {
		now = true
		return submission.Copy{Parts: h.copied(c, s, sent), Answers: sent.Answered()}
	}); {
	case err == nil:
		h.forget(c, s)
		if now && form.Value("remember") == "true" && h.SignedIn(c) {
			h.remember(c, sent)
		}
		return web.Redirect(c, h.path(c, s, "receipt"))
	case fault.Is(err, fault.Conflict):
		return web.Redirect(c, h.path(c, s, s.NextPage(d, h.site.Now())))
	case fault.Is(err, fault.NotFound):
		_, err := h.elsewhere(c, s, err)
		return err
	case fault.Is(err, fault.TooMany):
		return h.showCheck(c, fault.Status(err), s, d, form, fault.MessageKey(err))
	default:
		return h.showCheck(c, sending.Status(err), s, d, form, h.NotSent(c, err, "apply.not_sent"))
	}
}

// copied is what was applied for and when, and what the applicant typed, page by page.
func (h *handlers) copied(c *gin.Context, s applications.Service, d *applications.Draft) (parts []submission.Part) {
	printer := h.site.Printer(c)
	parts = append(parts, submission.Part{Title: printer.Value(s.Name), Rows: []submission.Row{h.SentNow(c)}})
	for _, page := range s.Pages(d) {
		parts = append(parts, submission.Part{
			Title: printer.Value(page.Title), Rows: h.Copied(c, page.Form, page.ID, d.AnswersOf(page), d.Base()),
		})
	}
	return parts
}
