package apply

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/meta"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type startPage struct {
	web.Page
	Service   applications.Service
	Action    string
	Begun     []begun       // applications of this browser that were not sent
	Receipts  []receiptLink // of those that were sent just now
	More      bool          // another may be begun beside them
	SignIn    bool          // a cabinet would keep them, and none is open
	Gone      bool          // the reader came from an application that is no longer there
	Documents []needed
	Samples   []ui.Sample
	Limits    string // of files
	Days      int
	Notices   string // "on" or "off"
}

// receiptLink leads to a receipt. Several are told apart by their number, one needs none.
type receiptLink struct {
	Href   string
	Number int
}

// begun is an application that was not sent yet.
type begun struct {
	Continue string
	Discard  string
	Take     string    // "" when the reader has no account open, or it is in there
	Until    time.Time // when it goes by itself
	Step     locale.Text
}

// needed is one thing to have at hand.
type needed struct {
	Name     locale.Text
	Note     locale.Text
	Required bool
}

// start tells what the service needs and how long it takes.
func (h *handlers) start(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	card, err := h.offers.Card(c.Request.Context(), s)
	if err != nil {
		return err
	}
	samples, err := h.offers.Samples(c.Request.Context(), s)
	if err != nil {
		return err
	}
	p := &startPage{
		Samples: meta.Samples(samples), Service: s, Action: base(s), Gone: c.Query("gone") != "",
		Documents: documents(s, card), Limits: h.FileLimits(c), Days: int(submission.DraftLife.Hours() / 24),
	}
	// Which centre it will be is not known yet; the receipt says how it is there.
	if p.Notices, err = h.switches.Notices(c.Request.Context(), uuid.Nil); err != nil {
		return err
	}
	p.NoIndex = true
	p.Back = &ui.Link{Href: "/services/" + address.Slug(s.Code), Text: h.site.T(c, "apply.back_to_service")}
	if err := h.addBegun(c, s, p); err != nil {
		return err
	}
	for _, name := range h.Receipts(c, base(s)) {
		p.addReceipt(pathOf(s, "receipt", name))
	}
	return h.site.Render(c, http.StatusOK, "apply/start", p)
}

// addBegun lists what this browser has begun and not sent.
func (h *handlers) addBegun(c *gin.Context, s applications.Service, p *startPage) error {
	var names []string
	for _, name := range h.Names(c, base(s)) {
		d := s.NewDraft()
		t, err := h.DraftNamed(c, base(s), name)
		if err == nil {
			_, err = h.Desk.Load(c.Request.Context(), t, d)
		}
		switch {
		case fault.Is(err, fault.Conflict):
			p.addReceipt(pathOf(s, "receipt", name))
		case fault.Is(err, fault.NotFound):
			h.DropDraft(c, base(s), name)
		case err != nil:
			return err
		default:
			next := s.NextPage(d, h.site.Now())
			b := begun{Continue: pathOf(s, next, name), Discard: pathOf(s, "/discard", name), Until: d.ExpiresAt}
			if page, ok := find(s, d, next); ok {
				b.Step = page.Title
			}
			p.Begun, names = append(p.Begun, b), append(names, name)
		}
	}
	p.More = len(p.Begun) < sending.MaxHeld
	sending.NoteBegun(h.site, c, address.Slug(s.Code), names)
	h.offerToTake(c, s, p, names)
	return nil
}

// offerToTake says which of the applications begun here the reader's cabinet could take, and that one could where none is open.
func (h *handlers) offerToTake(c *gin.Context, s applications.Service, p *startPage, names []string) {
	if len(names) == 0 {
		return
	}
	has, open := h.InAccount(c, base(s), names)
	p.SignIn = !open && h.Accounts != nil
	for i, name := range names {
		if open && !has[name] {
			p.Begun[i].Take = pathOf(s, "/take", name)
		}
	}
}

func (p *startPage) addReceipt(href string) {
	p.Receipts = append(p.Receipts, receiptLink{Href: href, Number: len(p.Receipts) + 1})
}

// documents are those of the card that the form takes as files.
func documents(s applications.Service, card contract.Card) []needed {
	byID := map[string]contract.Document{}
	for _, d := range card.Documents {
		byID[d.ID] = d
	}
	var out []needed
	for _, f := range s.Form.FileFields() {
		n := needed{Name: f.Title, Note: f.Hint, Required: f.Required}
		if d, ok := byID[f.Document]; ok {
			n.Name = d.Name
			if n.Note.IsZero() { // the form speaks of a file, the card also of the counter
				n.Note = d.Note
			}
		}
		out = append(out, n)
	}
	return out
}

// begin leads to the first page of a new application. Nothing is kept before the first answer. One that this browser
// has begun already is never replaced: the start page then offers both, to go on with it and to begin another.
func (h *handlers) begin(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	names := h.Names(c, base(s))
	if len(names) >= sending.MaxHeld || len(names) > 0 && form.Value("another") == "" {
		return web.Redirect(c, start(s, ""))
	}
	return web.Redirect(c, pathOf(s, s.NextPage(s.NewDraft(), h.site.Now()), sending.NewName()))
}

// discard forgets the application, as the reader asked.
func (h *handlers) discard(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	if err := h.Discard(c, base(s)); err != nil {
		return err
	}
	h.forget(c, s)
	h.site.Flash(c, "sending.discarded")
	return web.Redirect(c, start(s, ""))
}
