package cabinet

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// The cookies of a session. The handle goes to every page, so that what is begun there can be sealed for the account; the secret
// that opens the account goes to the cabinet alone, so no visit of another page brings it (shared/doc/decisions).
var (
	handleCookie = slip.Session
	secretCookie = web.Cookie{Name: "cabinet_key", Path: "/cabinet"}
)

// token is what the browser holds; Unsigned when it holds none.
func (h *handlers) token(c *gin.Context) (account.Token, error) {
	return account.ParseToken(h.site.Cookie(c, handleCookie), h.site.Cookie(c, secretCookie))
}

// holder opens the account for this request; open is false when the browser has none open.
func (h *handlers) holder(c *gin.Context) (holder account.Holder, open bool, err error) {
	t, err := h.token(c)
	if err == nil {
		holder, err = h.Accounts.Holder(c.Request.Context(), t)
	}
	if fault.Is(err, fault.Unsigned) {
		return account.Holder{}, false, nil
	}
	return holder, err == nil, err
}

// enter gives the browser a new session in place of the one that it has, which ends.
func (h *handlers) enter(c *gin.Context, t account.Token) error {
	if earlier, open, err := h.holder(c); err == nil && open {
		if err := h.Accounts.SignOut(c.Request.Context(), earlier); err != nil {
			return err
		}
	}
	h.site.SetCookie(c, handleCookie, t.Handle(), account.SessionLife)
	h.site.SetCookie(c, secretCookie, t.Secret(), account.SessionLife)
	return h.tellOfTries(c, t)
}

// tellOfTries says what codes others have tried who know the password.
func (h *handlers) tellOfTries(c *gin.Context, t account.Token) error {
	holder, err := h.Accounts.Holder(c.Request.Context(), t)
	if err != nil {
		return err
	}
	tried, err := h.Accounts.Tried(c.Request.Context(), holder)
	if err == nil {
		h.tellTried(c, tried)
	}
	return err
}

// tellTried says on the next page how many codes somebody else has tried.
func (h *handlers) tellTried(c *gin.Context, tried account.Tried) {
	if tried.Codes > 0 {
		h.site.FlashTrouble(c, "cabinet.codes_tried", strconv.Itoa(tried.Codes), h.site.Printer(c).DateTime(tried.At))
	}
}

// leave makes the browser forget the session and what it had open.
func (h *handlers) leave(c *gin.Context) {
	h.site.DropCookie(c, handleCookie)
	h.site.DropCookie(c, secretCookie)
	slip.Tracked.Drop(h.site, c)
	slip.ToKeep.Drop(h.site, c)
}

// askToSignIn leads to the form; a page comes back after it.
func (h *handlers) askToSignIn(c *gin.Context) error {
	q := url.Values{}
	if _, err := h.token(c); err == nil {
		q.Set("ended", "1")
	}
	if c.Request.Method == "GET" {
		q.Set("next", c.Request.URL.Path)
	}
	to := url.URL{Path: "/cabinet/sign-in", RawQuery: q.Encode()}
	return web.Redirect(c, to.String())
}

// next is where to go after signing in: what waits to be saved, else a page of the cabinet that was asked for.
func (h *handlers) next(c *gin.Context, asked string) string {
	switch u, err := url.Parse(asked); {
	case h.waits(c):
		return "/cabinet/keep"
	case err != nil || u.IsAbs() || u.Host != "" || strings.ContainsAny(asked, "\\\r\n\t") || !strings.HasPrefix(u.Path, "/cabinet/"):
		return "/cabinet"
	default:
		return u.Path
	}
}

func (h *handlers) signOut(c *gin.Context) error {
	holder, open, err := h.holder(c)
	if err != nil {
		return err
	}
	if open {
		if err := h.Accounts.SignOut(c.Request.Context(), holder); err != nil {
			return err
		}
	}
	h.leave(c)
	h.site.Flash(c, "cabinet.signed_out")
	return web.Redirect(c, "/cabinet")
}
