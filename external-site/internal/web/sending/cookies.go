package sending

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// The cookies of a form go to its own pages only: base is their common path.
func draftCookie(base string) web.Cookie   { return web.Cookie{Name: "draft", Path: base} }
func receiptCookie(base string) web.Cookie { return web.Cookie{Name: "receipt", Path: base} }
func copyCookie(base, number string) web.Cookie {
	return web.Cookie{Name: "copy", Path: copyPath(base, number)}
}

// DraftParam is the parameter of an address that says which of several drafts under one base a page is about. A draft
// keeps its name when it was sent, so that its receipt is found by the same one.
const DraftParam = "draft"

// MaxHeld is how many drafts of one form a browser may hold: as many as its cookie has room for.
const MaxHeld = 5

var draftName = regexp.MustCompile(`^[a-z0-9]{8}$`)

// NewName is a name for a draft that is about to begin.
func NewName() string { return strings.ToLower(rand.Text()[:8]) }

// held is one draft or receipt that a browser holds.
type held struct {
	name  string
	token submission.Token
}

// held lists what the browser holds in the cookie, the newest first, with what this request has changed.
func (w *Window) held(c *gin.Context, cookie web.Cookie) []held {
	value := w.Site.Cookie(c, cookie)
	if changed, ok := c.Get(cookieKey(cookie)); ok {
		value, _ = changed.(string)
	} else if cookie == draftCookie(cookie.Path) {
		value = w.Site.Cookie(c, adoptedCookie(cookie.Path)) + "." + value
	}
	var out []held
	for entry := range strings.SplitSeq(value, ".") {
		name, raw, named := strings.Cut(entry, "~")
		if !named { // as the release before wrote it
			name, raw = "", entry
		}
		if t, err := submission.ParseToken(raw); err == nil {
			out = append(out, held{name, t})
		}
	}
	return out
}

func cookieKey(cookie web.Cookie) string { return "sending." + cookie.Name + " " + cookie.Path }

// hold writes the cookie.
func (w *Window) hold(c *gin.Context, cookie web.Cookie, list []held, life time.Duration) {
	entries := make([]string, len(list))
	for i, h := range list {
		entries[i] = h.name + "~" + h.token.Cookie()
	}
	value := strings.Join(entries, ".")
	c.Set(cookieKey(cookie), value)
	if cookie == draftCookie(cookie.Path) && w.Site.Cookie(c, adoptedCookie(cookie.Path)) != "" {
		w.Site.DropCookie(c, adoptedCookie(cookie.Path)) // it is among the others now
	}
	if value == "" {
		w.Site.DropCookie(c, cookie)
		return
	}
	w.Site.SetCookie(c, cookie, value, life)
}

// put gives the browser t under the name, before everything else that the cookie holds.
func (w *Window) put(c *gin.Context, cookie web.Cookie, name string, t submission.Token, life time.Duration) {
	others := w.without(c, cookie, name)
	w.hold(c, cookie, append([]held{{name, t}}, others[:min(len(others), MaxHeld-1)]...), life)
}

func (w *Window) without(c *gin.Context, cookie web.Cookie, name string) []held {
	return slices.DeleteFunc(w.held(c, cookie), func(h held) bool { return h.name == name })
}

// nameKey is where a request keeps the name of a draft that has none yet.
const nameKey = "sending.name"

// Name is the draft that the page is about: the one that its address names, else the newest that the browser holds,
// else one that is about to begin.
func (w *Window) Name(c *gin.Context, base string) string {
	if name := c.Query(DraftParam); draftName.MatchString(name) {
		return name
	}
	if name := c.GetString(nameKey); name != "" {
		return name
	}
	if list := w.held(c, draftCookie(base)); len(list) > 0 {
		return list[0].name
	}
	name := NewName()
	c.Set(nameKey, name)
	return name
}

// Anew makes the request about a draft that is about to begin, beside those that the browser holds, and returns its name.
func (w *Window) Anew(c *gin.Context) string {
	name := NewName()
	c.Set(nameKey, name)
	return name
}

// receiptName is the receipt that the page is about: the one that its address names, else the newest.
func (w *Window) receiptName(c *gin.Context, base string) string {
	if name := c.Query(DraftParam); draftName.MatchString(name) {
		return name
	}
	if list := w.held(c, receiptCookie(base)); len(list) > 0 {
		return list[0].name
	}
	return ""
}

// Names are the drafts that the browser holds under base, the newest first.
func (w *Window) Names(c *gin.Context, base string) []string {
	var names []string
	for _, h := range w.held(c, draftCookie(base)) {
		names = append(names, h.name)
	}
	return names
}

// receipts are the reader's tokens of receipts under base: that of the draft that the address names, then the newest.
func (w *Window) receipts(c *gin.Context, base string) (tokens []submission.Token) {
	if t, err := w.token(c, receiptCookie(base), w.receiptName(c, base)); err == nil {
		tokens = append(tokens, t)
	}
	for _, h := range w.held(c, receiptCookie(base)) {
		if len(tokens) == 0 || h.token != tokens[0] {
			tokens = append(tokens, h.token)
		}
	}
	return tokens
}

// Receipts are the names of those that were sent and whose receipts the browser holds.
func (w *Window) Receipts(c *gin.Context, base string) []string {
	var names []string
	for _, h := range w.held(c, receiptCookie(base)) {
		names = append(names, h.name)
	}
	return names
}

func (w *Window) token(c *gin.Context, cookie web.Cookie, name string) (submission.Token, error) {
	for _, h := range w.held(c, cookie) {
		if h.name == name {
			return h.token, nil
		}
	}
	return submission.Token{}, fault.New(fault.NotFound, "submission.no_draft")
}

// Draft is the reader's token of the draft that the page is about; NotFound without one.
func (w *Window) Draft(c *gin.Context, base string) (submission.Token, error) {
	return w.token(c, draftCookie(base), w.Name(c, base))
}

// DraftNamed is the reader's token of the draft of that name.
func (w *Window) DraftNamed(c *gin.Context, base, name string) (submission.Token, error) {
	return w.token(c, draftCookie(base), name)
}

// KeepDraft gives the browser the token of the draft's present state.
func (w *Window) KeepDraft(c *gin.Context, base string, t submission.Token) {
	w.put(c, draftCookie(base), w.Name(c, base), t, submission.DraftLife)
}

// DropDraft makes the browser forget the draft of that name.
func (w *Window) DropDraft(c *gin.Context, base, name string) {
	w.hold(c, draftCookie(base), w.without(c, draftCookie(base), name), submission.DraftLife)
}

// HasReceipt says whether the browser holds the token of the receipt that the page is about.
func (w *Window) HasReceipt(c *gin.Context, base string) bool {
	_, err := w.token(c, receiptCookie(base), w.receiptName(c, base))
	return err == nil
}

// keepReceipt gives the browser the receipt's token in place of the draft's, beside those of earlier receipts: each of
// them was promised for its whole time. The token of the copy goes to the page of the copy alone.
func (w *Window) keepReceipt(c *gin.Context, base string, t submission.Token, r submission.Receipt) {
	name := w.Name(c, base)
	w.put(c, receiptCookie(base), name, t, submission.ReceiptLife)
	w.DropDraft(c, base, name)
	if !r.Copy.IsZero() {
		w.Site.SetCookie(c, copyCookie(base, r.Number), r.Copy.Cookie(), submission.ReceiptLife)
	}
}
