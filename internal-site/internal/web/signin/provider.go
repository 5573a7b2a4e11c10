package signin

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/provider"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

const (
	providerPath = Path + "/provider"     // leads to the provider
	providerOut  = providerPath + "/out"  // leads to where one signs out there
	linkPath     = "/account/provider"    // ties one's own account to the provider
	providerDone = providerPath + "/done" // where the provider sends people back
)

// ProviderDone is the page to which the provider sends people back.
const ProviderDone = providerDone

// providerCookie ties what was asked of the provider to the browser that asked. It is not strict, as the provider's page leads back.
var providerCookie = web.Cookie{Name: "provider", Path: providerPath}

// providerTime is how long the browser keeps it.
const providerTime = 10 * time.Minute

// pass is what the site keeps while somebody is at the provider.
type pass struct {
	provider.Pass
	Next string `json:"next"`
}

// there is the name of the provider; nil when there is none.
func (h handlers) there() *locale.Text {
	if h.Provider == nil {
		return nil
	}
	name := h.Provider.Name()
	return &name
}

// providerBegin leads to the provider.
func (h handlers) providerBegin(c *gin.Context) error {
	address, err := h.depart(c, uuid.Nil, localPath(c.Query("next")))
	if err != nil {
		return h.providerFailed(c, localPath(c.Query("next")), err)
	}
	return web.Redirect(c, address)
}

// depart makes the address at the provider for this browser. owner is who links their account.
func (h handlers) depart(c *gin.Context, owner uuid.UUID, next string) (address string, err error) {
	if h.Provider == nil {
		return "", fault.New(fault.NotFound, "")
	}
	from, err := clientAddress(c)
	if err != nil {
		return "", err
	}
	p, address, err := h.Provider.Begin(c.Request.Context())
	if err != nil {
		return "", err
	}
	token, err := h.Users.KeepPass(c.Request.Context(), owner, from, pass{p, next})
	if err == nil {
		h.site.SetCookie(c, providerCookie, token, providerTime)
	}
	return address, err
}

// providerDone takes what the browser brings back.
func (h handlers) providerDone(c *gin.Context) error {
	if h.Provider == nil {
		return fault.New(fault.NotFound, "")
	}
	var kept pass
	owner, err := h.Users.TakePass(c.Request.Context(), h.site.Cookie(c, providerCookie), &kept)
	h.site.DropCookie(c, providerCookie)
	if err != nil {
		return h.providerFailed(c, "/", err)
	}
	is, err := h.Provider.Finish(c.Request.Context(), kept.Pass, provider.Answer{
		State: c.Query("state"), Code: c.Query("code"), Issuer: c.Query("iss"), Error: c.Query("error"),
	})
	if err != nil {
		return h.providerFailed(c, kept.Next, err)
	}
	if owner != uuid.Nil {
		return h.linked(c, owner, is)
	}
	return h.enterBy(c, is, kept.Next)
}

// enterBy signs in whom the provider knows.
func (h handlers) enterBy(c *gin.Context, is access.Identity, next string) error {
	from, err := clientAddress(c)
	if err != nil {
		return err
	}
	token := web.NewToken()
	user, err := h.Users.SignInByProvider(c.Request.Context(), access.ProviderStep{
		Identity: is, Address: from, Agent: c.Request.UserAgent(), TokenHash: web.HashToken(token), Earlier: earlier(h.site.SessionToken(c)),
	})
	if err != nil {
		return h.providerFailed(c, next, err)
	}
	h.site.StartSession(c, token, access.SessionKnown)
	return h.lead(c, user, uuid.Nil, nil, next)
}

// providerFailed shows the page for signing in with what went wrong: the password works there in any case.
func (h handlers) providerFailed(c *gin.Context, next string, err error) error {
	status := http.StatusUnprocessableEntity
	switch {
	case fault.Is(err, fault.Unavailable) && fault.MessageKey(err) == "access.provider_away":
		status = http.StatusServiceUnavailable
	case !fault.Is(err, fault.Invalid):
		return err
	}
	slog.InfoContext(c.Request.Context(), "sign-in by provider failed", "error", err)
	page := h.signInPage(web.NewForm(nil), next, nil)
	page.Errors = []fault.FieldError{problemOf(err)}
	return h.site.Render(c, status, "signin/sign_in", page)
}

// providerOut leads to where one signs out of the provider: at a shared desk the next person must not be let in as this one.
func (h handlers) providerOut(c *gin.Context) error {
	if h.Provider == nil {
		return fault.New(fault.NotFound, "")
	}
	address, err := h.Provider.SignOut(c.Request.Context())
	switch {
	case err != nil:
		return h.providerFailed(c, "/", err)
	case address == "":
		return web.Redirect(c, Path)
	}
	return web.Redirect(c, address)
}
