package signin

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const (
	alonePath   = Path + "/passkey"               // signs in with a passkey and nothing else
	confirmPath = session.FactorPath + "/passkey" // with a passkey after the password
	addKeyPath  = session.EnrolPath + "/passkey"  // adds a passkey
)

// passkeyPage has the browser ask for a passkey. Its form brings the answer; without a script it comes back without one.
type passkeyPage struct {
	web.Page
	access.Ceremony
	Path  string // to which the answer goes
	Way   string // what the browser is asked to do: "get" or "create"
	Title string // a word
	Other ui.Link
	Now   bool // the browser is asked at once
	Next  string
	Kept  *kept
}

// passkeyAlone signs in somebody who has given nothing but their passkey. The first form asks for one, the second brings it.
func (h handlers) passkeyAlone(c *gin.Context) error {
	return h.passkey(c, h.alonePage(c))
}

// passkeyPage leads to a passkey from a link. Asking for one writes, and is left to the form, which the script sends at once.
func (h handlers) passkeyPage(c *gin.Context) error {
	if !h.Users.OffersPasskeys() {
		return fault.New(fault.NotFound, "")
	}
	page := h.alonePage(c)
	page.Next, page.Now = localPath(c.Query("next")), true
	return h.site.Render(c, http.StatusOK, "signin/passkey", &page)
}

func (h handlers) alonePage(c *gin.Context) passkeyPage {
	return passkeyPage{
		Path: alonePath, Way: "get", Title: "signin.passkey_title", Other: ui.Link{Href: Path, Text: h.site.T(c, "signin.passkey_other")},
	}
}

// passkeySecond confirms a sign-in with a passkey.
func (h handlers) passkeySecond(c *gin.Context) error {
	return h.passkey(c, passkeyPage{
		Path: confirmPath, Way: "get", Title: "signin.second_title", Other: ui.Link{Href: session.FactorPath, Text: h.site.T(c, "signin.passkey_other")},
	})
}

func (h handlers) passkey(c *gin.Context, page passkeyPage) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page.Next, page.Kept = localPath(form.Value("next")), h.carried(form)
	if web.ShowOnly(c) {
		return h.site.Render(c, http.StatusOK, "signin/passkey", &page)
	}
	if form.Value("credential") == "" {
		page.Now = form.Value("challenge") == "" // whoever has pressed the button there without a script is not asked again
		return h.askPasskey(c, http.StatusOK, page)
	}
	owner, err := h.owner(c) // before the session that waits ends
	if err != nil {
		return err
	}
	user, err := h.givePasskey(c, form, page.Path == confirmPath)
	if fault.Is(err, fault.Invalid) {
		page.Errors = []fault.FieldError{problemOf(err)}
		return h.askPasskey(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return h.lead(c, user, owner, page.Kept, page.Next)
}

// problemOf is err as pages say it, beside no field.
func problemOf(err error) fault.FieldError {
	var e *fault.Error
	errors.As(err, &e)
	return fault.FieldError{Key: e.Key, Args: e.Args}
}

// askPasskey shows the page with a new challenge.
func (h handlers) askPasskey(c *gin.Context, status int, page passkeyPage) error {
	address, err := clientAddress(c)
	if err != nil {
		return err
	}
	if page.Path == confirmPath {
		page.Ceremony, err = h.Users.AskPasskey(c.Request.Context(), web.HashToken(h.site.SessionToken(c)), address)
	} else {
		page.Ceremony, err = h.Users.AskAnyPasskey(c.Request.Context(), address)
	}
	if err != nil {
		return err
	}
	return h.site.Render(c, status, "signin/passkey", &page)
}

// givePasskey ends the sign-in with the answer that the form brings.
func (h handlers) givePasskey(c *gin.Context, form *web.Form, second bool) (access.User, error) {
	address, err := clientAddress(c)
	if err != nil {
		return access.User{}, err
	}
	token := web.NewToken()
	user, err := h.Users.GivePasskey(c.Request.Context(), access.PasskeyStep{
		Token: form.Value("challenge"), Answer: form.Value("credential"), Address: address, Agent: c.Request.UserAgent(),
		TokenHash: web.HashToken(token), Earlier: earlier(h.site.SessionToken(c)), Second: second,
	})
	if err == nil {
		h.site.StartSession(c, token, access.SessionKnown)
	}
	return user, err
}
