package signin

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

type signInPage struct {
	web.Page
	Form  *web.Form
	Next  string
	Ended bool         // a form came after the session had ended
	Kept  *kept        // that form, if it can be sent again
	Texts []string     // what was typed into it, if it cannot
	Keys  bool         // passkeys sign in here
	There *locale.Text // the name of the provider where people can sign in, if any
	Left  bool         // somebody has signed out who came from there
}

func (h handlers) signInPage(form *web.Form, next string, late *kept) *signInPage {
	return &signInPage{Form: form, Next: next, Ended: late != nil, Kept: late, Keys: h.Users.OffersPasskeys(), There: h.there()}
}

func (h handlers) signIn(c *gin.Context) error {
	page := h.signInPage(web.NewForm(nil), localPath(c.Query("next")), nil)
	page.Left = page.There != nil && c.Query("left") != ""
	return h.site.Render(c, http.StatusOK, "signin/sign_in", page)
}

func (h handlers) signInPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	next, late := localPath(form.Value("next")), h.carried(form)
	if web.ShowOnly(c) {
		form.Set("password")
		return h.site.Render(c, http.StatusOK, "signin/sign_in", h.signInPage(form, next, late))
	}
	form.Required("login", "signin.login_required")
	form.Check(len(form.Values("password")) == 1 && form.Values("password")[0] != "", "password", "signin.password_required")
	if form.OK() {
		owner, err := h.owner(c) // before it ends
		if err != nil {
			return err
		}
		user, ok, err := h.begin(c, form)
		if err != nil {
			return err
		}
		if ok {
			return h.lead(c, user, owner, late, next)
		}
	}
	form.Set("password")
	return h.site.Invalid(c, "signin/sign_in", form, h.signInPage(form, next, late))
}

// begin signs in; ok is false when the form has to be shown again.
func (h handlers) begin(c *gin.Context, form *web.Form) (user access.User, ok bool, err error) {
	token := web.NewToken()
	address, err := clientAddress(c)
	if err != nil {
		return access.User{}, false, err
	}
	user, err = h.Users.SignIn(c.Request.Context(), access.Attempt{
		Login: form.Value("login"), Password: form.Values("password")[0], Address: address, Agent: c.Request.UserAgent(),
		TokenHash: web.HashToken(token), Earlier: earlier(h.site.SessionToken(c)),
	})
	var e *fault.Error
	if errors.As(err, &e) && e.Kind == fault.Invalid {
		form.Add("login", e.Key, e.Args...)
		return access.User{}, false, nil
	}
	if err != nil {
		return access.User{}, false, err
	}
	h.site.StartSession(c, token, access.SessionKnown) // longer than it counts: see SessionOwner
	return user, true, nil
}

// clientAddress is where the request comes from, as attempts to sign in are counted.
func clientAddress(c *gin.Context) (netip.Addr, error) {
	address, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return address, fault.Wrap(fault.Invalid, err, "")
	}
	return address.Unmap(), nil
}

// earlier is the hash of the session that the browser still has, if any.
func earlier(token string) []byte {
	if token == "" {
		return nil
	}
	return web.HashToken(token)
}

// withLanguage adds the language that the account has chosen, if any, to a path; the site remembers it from there.
func withLanguage(path, language string) string {
	if language == "" {
		return path
	}
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Set("lang", language)
	u.RawQuery = q.Encode()
	return u.String()
}

// localPath keeps a path of this site and nothing that could lead elsewhere.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}

func (h handlers) signOut(c *gin.Context) error {
	if err := h.Users.SignOut(c.Request.Context(), web.HashToken(h.site.SessionToken(c))); err != nil {
		return err
	}
	// The browser keeps the token, which opens nothing any more: it says for whom a form in another window is kept.
	h.site.Flash(c, "signin.signed_out")
	if user, _ := session.User(c); user.ByProvider {
		return web.Redirect(c, Path+"?left=yes")
	}
	return web.Redirect(c, Path)
}
