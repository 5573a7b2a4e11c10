package questions

import (
	"cmp"
	"html/template"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type askPage struct {
	web.Page
	Notices string // "on" where the portal tells of an answer, else "off"
	To      questions.Addressee
	About   *questions.Service
	Letter  *questions.Official // to whom it is written; nil: to nobody in particular
	Gone    bool                // the official whom the address names is none of the addressee's
	Fields  template.HTML
	Action  string
	Discard string
	Receipt string // where the receipt of one that was just sent is, "" when there is none
	Begun   bool
	Days    int
	Trouble string
	Asked   []questions.Published // what others have asked, with the answers
}

// ask shows the form, with what was typed before. Links to letters name the official behind the address of a question as the release before
// did.
func (h *handlers) ask(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	if c.Param("official") == "" && w.key != "" {
		return web.Redirect(c, w.Path())
	}
	return w.Opened(func(form *web.Form) {
		if !w.Begun && c.Query("back") != "" && !h.HasReceipt(c, w.base()) { // what was just sent is not lost
			form.Add("", "submission.no_draft")
		}
	})
}

// save keeps the question and leads to the page that shows it whole.
func (h *handlers) save(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return w.Save()
}

// work is one question while the page is shown or saved.
type work struct {
	*handlers
	sending.Writing[*questions.Draft]
	c      *gin.Context
	to     questions.Addressee
	key    string // of the official that the address names, "" when it names none
	about  *questions.Service
	letter *questions.Official
	gone   bool // the official of the address is none of the addressee's
}

// find looks for the addressee, the official and the service of the address, and the reader's question. A letter and a question are
// drafts of their own, and so are letters to two officials.
func (h *handlers) find(c *gin.Context) (*work, error) {
	to, err := h.addressee(c)
	if err != nil {
		return nil, err
	}
	w := &work{handlers: h, c: c, to: to, key: officialKey(cmp.Or(c.Param("official"), c.Query("to")))}
	if code := c.Query("service"); code != "" {
		about, err := h.store.Service(c.Request.Context(), address.Code(code))
		switch {
		case err == nil:
			w.about = &about
		case !fault.Is(err, fault.NotFound):
			return nil, err
		}
	}
	if official, found := to.Official(w.key); found {
		w.letter = &official
	}
	w.gone = w.key != "" && w.letter == nil
	w.Writing, err = sending.Write(h.Window, c, w.base(), func() *questions.Draft { return questions.NewDraft(to) })
	if w.about == nil {
		w.about = w.Draft.About
	}
	if w.letter == nil {
		w.letter = w.Draft.Letter
	}
	w.On(w)
	return w, err
}

func (w *work) base() string { return base(w.to, w.key) }

// Path implements sending.Paged.
func (w *work) Path() string { return w.pathWith(url.Values{}) }

// BackPath implements sending.Paged.
func (w *work) BackPath() string { return w.pathWith(url.Values{"back": {"1"}}) }

// pathWith is the page with the service that it is about.
func (w *work) pathWith(query url.Values) string {
	if w.about != nil {
		query.Set("service", w.about.Code)
	}
	if len(query) == 0 {
		return w.base()
	}
	return w.base() + "?" + query.Encode()
}

// Prepare implements sending.Paged.
func (w *work) Prepare() { w.Draft.About, w.Draft.Letter = w.about, w.letter }

// Keep implements sending.Paged.
func (w *work) Keep(form *web.Form) error {
	return sending.KeepAndGo(&w.Writing, form, w.checked().Path)
}

// mostAsked is how many answers stand before the form.
const mostAsked = 5

// asked is what others have asked the addressee, or about the service. It is a help, and the page does without it.
func (w *work) asked() []questions.Published {
	f := questions.PublishedFilter{By: w.to.ID, Either: true, Size: mostAsked}
	if w.about != nil {
		f.About = w.about.ID
	}
	list, _, err := w.store.Published(w.c.Request.Context(), f)
	if err != nil {
		w.Log.WarnContext(w.c.Request.Context(), "published questions cannot be read", "error", err)
	}
	return list
}

// Render implements sending.Paged.
func (w *work) Render(status int, form *web.Form, trouble string) error {
	sheet, err := w.Draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &askPage{
		To: w.to, About: w.about, Letter: w.letter, Gone: w.gone, Action: w.Path(), Discard: w.base() + "/discard", Begun: w.Begun,
		Trouble: trouble, Days: sending.DraftDays(),
	}
	if p.Fields, err = w.Fields(w.c, draw, sheet, w.Draft.Base(), form); err != nil {
		return err
	}
	if p.Notices, err = w.switches.Notices(w.c.Request.Context(), w.to.ID); err != nil {
		return err
	}
	if w.HasReceipt(w.c, w.base()) {
		p.Receipt = w.base() + "/receipt"
	}
	p.Asked = w.asked()
	p.NoIndex = true
	p.Errors = sheet.Step.InOrder(form.Errors())
	p.Back = &ui.Link{Href: place(w.to), Text: w.site.T(w.c, "questions.back_to_place")}
	return w.site.Render(w.c, status, "questions/ask", p)
}
