package signin

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

type signInPage struct {
	web.Page
	Form *web.Form
	Next string
}

func (h handlers) signIn(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "signin/sign_in", &signInPage{Form: web.NewForm(nil), Next: localPath(c.Query("next"))})
}

func (h handlers) signInPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	next := localPath(form.Value("next"))
	form.Required("login", "signin.login_required")
	form.Check(len(form.Values("password")) == 1 && form.Values("password")[0] != "", "password", "signin.password_required")
	if form.OK() {
		done, err := h.begin(c, form, next)
		if done || err != nil {
			return err
		}
	}
	form.Set("password")
	return h.site.Invalid(c, "signin/sign_in", form, &signInPage{Form: form, Next: next})
}

// begin signs in; done is false when the form has to be shown again.
func (h handlers) begin(c *gin.Context, form *web.Form, next string) (done bool, err error) {
	token := web.NewToken()
	address, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return false, fault.Wrap(fault.Invalid, err, "")
	}
	user, err := h.users.SignIn(c.Request.Context(), access.Attempt{
		Login: form.Value("login"), Password: form.Values("password")[0], Address: address.Unmap(), Agent: c.Request.UserAgent(),
		TokenHash: web.HashToken(token),
	})
	var e *fault.Error
	if errors.As(err, &e) && e.Kind == fault.Invalid {
		form.Add("login", e.Key, e.Args...)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	h.site.StartSession(c, token, access.SessionMax)
	return true, web.Redirect(c, withLanguage(next, user.Language))
}

// withLanguage adds the account's language to a path; the site remembers it from there.
func withLanguage(path, language string) string {
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
	if err := h.users.SignOut(c.Request.Context(), web.HashToken(h.site.SessionToken(c))); err != nil {
		return err
	}
	h.site.EndSession(c)
	h.site.Flash(c, "signin.signed_out")
	return web.Redirect(c, Path)
}
