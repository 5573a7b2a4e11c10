package sending

import (
	"context"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// Accounts remembers drafts for the account that is open in a browser; account.Store does.
type Accounts interface {
	Claim(ctx context.Context, t account.Token, b account.Begun) error
	Release(ctx context.Context, t account.Token, base, name string) error
	Take(ctx context.Context, t account.Token, b account.Begun) error
	RememberApplicant(ctx context.Context, t account.Token, a account.Applicant) error
	Has(ctx context.Context, t account.Token, base string, names []string) (map[string]bool, error)
}

// Claim remembers the draft that the page is about, in its present state, for the account that the reader has open, if any. The
// draft is there without it, so whoever writes it is not kept from it by an account that cannot be reached.
func (w *Window) Claim(c *gin.Context, base string, t submission.Token, about locale.Text) {
	w.forAccount(c, func(session account.Token) error {
		return w.Accounts.Claim(c.Request.Context(), session, account.Begun{Base: base, Name: w.Name(c, base), Token: t.Cookie(), About: about})
	})
}

// release forgets the draft of that name, which was sent or discarded.
func (w *Window) release(c *gin.Context, base, name string) {
	w.forAccount(c, func(session account.Token) error { return w.Accounts.Release(c.Request.Context(), session, base, name) })
}

// Take puts a draft that was begun without an account into the one that the reader has open; Unsigned when none is.
func (w *Window) Take(c *gin.Context, base, name string, t submission.Token, about locale.Text) error {
	if w.Accounts == nil {
		return fault.New(fault.NotFound, "cabinet.closed")
	}
	session, err := account.ParseToken(w.Site.Cookie(c, slip.Session), "")
	if err != nil {
		return err
	}
	return w.Accounts.Take(c.Request.Context(), session, account.Begun{Base: base, Name: name, Token: t.Cookie(), About: about})
}

// InAccount says which of the drafts are found again in the account that the reader has open; open is false when none is, and
// when it cannot be reached.
func (w *Window) InAccount(c *gin.Context, base string, names []string) (has map[string]bool, open bool) {
	w.forAccount(c, func(session account.Token) (err error) {
		has, err = w.Accounts.Has(c.Request.Context(), session, base, names)
		open = err == nil
		return err
	})
	return has, open
}

func (w *Window) forAccount(c *gin.Context, do func(account.Token) error) {
	if w.Accounts == nil {
		return
	}
	session, err := account.ParseToken(w.Site.Cookie(c, slip.Session), "")
	if err == nil {
		err = do(session)
	}
	if err != nil && !fault.Is(err, fault.Unsigned) {
		w.Log.ErrorContext(c.Request.Context(), "an account could not be asked about a draft", "error", err, "request_id", web.RequestID(c))
	}
}

// adoptedCookie holds a draft that comes from an account, until a page of its form has put it among the browser's own.
func adoptedCookie(base string) web.Cookie { return web.Cookie{Name: "adopted", Path: base} }

// Adopt gives the browser a draft that was begun elsewhere, beside those that it holds already.
func (w *Window) Adopt(c *gin.Context, base, name string, t submission.Token) {
	w.Site.SetCookie(c, adoptedCookie(base), name+"~"+t.Cookie(), submission.DraftLife)
}
