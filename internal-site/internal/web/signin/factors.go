package signin

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// factorsPage lists somebody's own second factors.
type factorsPage struct {
	web.Page
	Factors  []access.Factor
	Taken    []access.TakenFactor // off this account by somebody else
	Recovery int                  // codes that are left
	Needed   bool
	Waits    bool // nothing else is open before there is one
	Codes    bool // this site can take codes of apps
	Keys     bool // and passkeys
	Few      bool
}

// fewRecovery is how few recovery codes are worth a word.
const fewRecovery = 3

func (h handlers) factors(c *gin.Context) error {
	user, _ := session.User(c)
	factors, recovery, err := h.Users.Factors(c.Request.Context(), user.Actor(), user.ID)
	if err != nil {
		return err
	}
	taken, err := h.Users.TakenFactors(c.Request.Context(), user.Actor())
	if err != nil {
		return err
	}
	page := &factorsPage{
		Taken: taken, Factors: factors, Recovery: recovery, Needed: user.NeedsFactor, Waits: user.Step() == access.EnrolStep, Codes: h.Users.OffersCodes(), Keys: h.Users.OffersPasskeys(),
		Few: len(factors) > 0 && recovery < fewRecovery,
	}
	if !page.Waits {
		page.Back = h.backTo(c, "/account", "signin.account")
	}
	return h.site.Render(c, http.StatusOK, "signin/factors", page)
}

func (h handlers) backTo(c *gin.Context, path, key string) *ui.Link {
	return &ui.Link{Href: path, Text: h.site.T(c, key)}
}

// recoveryPage shows recovery codes once, or asks for the password to make new ones.
type recoveryPage struct {
	web.Page
	Form  *web.Form
	Login string
	Made  []string
	Kept  *kept
	Next  string
}

func (h handlers) recovery(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "signin/recovery", h.askRecovery(c, web.NewForm(nil)))
}

func (h handlers) askRecovery(c *gin.Context, form *web.Form) *recoveryPage {
	page := &recoveryPage{Form: form, Login: session.Actor(c).Login}
	page.Back = h.backTo(c, session.EnrolPath, "signin.factors")
	return page
}

func (h handlers) recoveryPost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if web.ShowOnly(c) {
		return h.site.Render(c, http.StatusOK, "signin/recovery", h.askRecovery(c, form))
	}
	made, err := h.owned(c, form, func(by access.Confirmation) ([]string, error) {
		return h.Users.RenewRecovery(c.Request.Context(), session.Actor(c), by)
	})
	if err != nil {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "signin/recovery", form, h.askRecovery(c, form))
	}
	return h.showRecovery(c, made, nil, "/account")
}

// showRecovery shows codes that were just made. The page is the answer to a form and has no address: they cannot be seen again.
func (h handlers) showRecovery(c *gin.Context, made []string, k *kept, next string) error {
	web.SetTyped(c, nil)
	return h.site.Render(c, http.StatusOK, "signin/recovery", &recoveryPage{Made: made, Kept: k, Next: next})
}

// owned runs fn with the password that the form confirms it with; what is wrong is said beside its fields.
func (h handlers) owned(c *gin.Context, form *web.Form, fn func(access.Confirmation) ([]string, error)) (made []string, err error) {
	present := secret(form, "present")
	form.Check(present != "", "present", "signin.present_required")
	if form.OK() {
		made, err = fn(access.Confirmation{Password: present, Session: web.HashToken(h.site.SessionToken(c))})
		if err != nil && !form.Take(err) {
			return nil, err
		}
	}
	form.Set("present")
	return made, nil
}

// factorRemovePage asks whether a factor is to be removed.
type factorRemovePage struct {
	web.Page
	Form   *web.Form
	Login  string
	Factor access.Factor
	Last   bool
}

func (h handlers) factorRemove(c *gin.Context) error {
	page, err := h.removePage(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "signin/factor_remove", page)
}

// removePage is the page for the factor in the address, if it is the person's own.
func (h handlers) removePage(c *gin.Context, form *web.Form) (*factorRemovePage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	actor := session.Actor(c)
	factors, _, err := h.Users.Factors(c.Request.Context(), actor, actor.UserID)
	if err != nil {
		return nil, err
	}
	page := &factorRemovePage{Form: form, Login: actor.Login, Last: len(factors) == 1}
	page.Back = h.backTo(c, session.EnrolPath, "signin.factors")
	for _, f := range factors {
		if f.ID == id {
			page.Factor = f
		}
	}
	if page.Factor.ID == uuid.Nil {
		return nil, fault.New(fault.NotFound, "")
	}
	return page, nil
}

func (h handlers) factorRemovePost(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.removePage(c, form)
	if err != nil {
		return err
	}
	if web.ShowOnly(c) {
		return h.site.Render(c, http.StatusOK, "signin/factor_remove", page)
	}
	_, err = h.owned(c, form, func(by access.Confirmation) ([]string, error) {
		return nil, h.Users.RemoveFactor(c.Request.Context(), session.Actor(c), page.Factor.ID, by)
	})
	if err != nil {
		return err
	}
	if !form.OK() {
		return h.site.Invalid(c, "signin/factor_remove", form, page)
	}
	h.site.Flash(c, "signin.factor_removed")
	return web.Redirect(c, session.EnrolPath)
}
