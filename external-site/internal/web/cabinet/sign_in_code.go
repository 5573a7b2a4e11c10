package cabinet

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// waitCookie is held by whoever has given the password and looks for their telephone. It goes to the pages of signing in alone.
var waitCookie = web.Cookie{Name: "cabinet_waits", Path: "/cabinet/sign-in"}

const waitLife = 10 * time.Minute

// askForCode leads to the page that asks for the code of an app.
func (h *handlers) askForCode(c *gin.Context, t account.Token, next string) error {
	h.site.SetCookie(c, waitCookie, t.Handle()+"."+t.Secret(), waitLife)
	to := url.URL{Path: "/cabinet/sign-in/code", RawQuery: url.Values{"next": {next}}.Encode()}
	return web.Redirect(c, to.String())
}

// waiting is what the browser holds; Unsigned when it holds none.
func (h *handlers) waiting(c *gin.Context) (account.Token, error) {
	handle, key, _ := strings.Cut(h.site.Cookie(c, waitCookie), ".")
	return account.ParseToken(handle, key)
}

// waiter opens a page for whoever has given the password; anybody else begins with it.
func (h *handlers) waiter(page func(c *gin.Context, t account.Token) error) web.Handler {
	return h.anybody(func(c *gin.Context) error {
		t, err := h.waiting(c)
		if err == nil {
			err = h.Accounts.Waits(c.Request.Context(), t)
		}
		if fault.Is(err, fault.Unsigned) {
			return h.beginAgain(c)
		}
		if err != nil {
			return err
		}
		return page(c, t)
	})
}

// beginAgain leads back to the password.
func (h *handlers) beginAgain(c *gin.Context) error {
	h.site.DropCookie(c, waitCookie)
	return web.Redirect(c, "/cabinet/sign-in?late=1")
}

func (h *handlers) signInCode(c *gin.Context, _ account.Token) error {
	return h.site.Render(c, http.StatusOK, "cabinet/sign_in_code", h.signInPage(c, web.NewForm(nil), c.Query("next")))
}

// signInCodePost opens the cabinet for the code of the app.
func (h *handlers) signInCodePost(c *gin.Context, waiting account.Token) error {
	web.Resends(c)
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.Required("code", "cabinet.codes_required")
	status := http.StatusNotFound // as for every mistake in the form
	if form.OK() && !web.ShowOnly(c) {
		var t account.Token
		err := h.counted(c, func() error {
			t, err = h.Accounts.GiveCode(c.Request.Context(), waiting, form.Value("code"), web.BrowserOf(c.Request.UserAgent()))
			return err
		})
		switch {
		case err == nil:
			return h.opened(c, t, form.Value("next"))
		case fault.Is(err, fault.Unsigned):
			return h.beginAgain(c)
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.TooMany), fault.Is(err, fault.Conflict):
			addRefusal(form, "code", err)
			status = fault.Status(err)
		default:
			return err
		}
	}
	return h.again(c, status, "cabinet/sign_in_code", form, h.signInPage(c, form, form.Value("next")))
}

// opened leads into the cabinet whose password and code are right.
func (h *handlers) opened(c *gin.Context, t account.Token, next string) error {
	h.site.DropCookie(c, waitCookie)
	holder, err := h.Accounts.Holder(c.Request.Context(), t)
	if err != nil {
		return err
	}
	a, err := h.Accounts.Account(c.Request.Context(), holder)
	if err != nil {
		return err
	}
	if l, err := account.ParseLogin(a.Login); err == nil {
		h.remember(c, l)
	}
	if err := h.enter(c, t); err != nil {
		return err
	}
	return web.Redirect(c, h.next(c, next))
}
