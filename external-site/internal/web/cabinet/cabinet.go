// Package cabinet is the pages of a citizen's account: signing in, what the account follows, and the account itself. It may
// import internal/account, internal/address, internal/applications, internal/catalogue, internal/own, internal/submission, internal/told, internal/tracking, internal/web/sending, internal/web/slip and shared.
//
// An account is open for the length of a request that brings both of its cookies, and its key is kept nowhere. What a page
// shows of it is never cached, and nothing of it reaches a log.
package cabinet

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/sending"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	// Accounts keeps the accounts; nil where there is no key for them, and then there is no cabinet.
	Accounts *account.Store
	Tracking Tracking
	// Drafts says how long a draft is kept, and Window gives one to the browser; nil where nothing can be applied for.
	Drafts Drafts
	Window *sending.Window
	// Services finds the names of published services by their codes; those that are not found are left out.
	Services func(ctx context.Context, codes []string) ([]catalogue.Named, error)
	// Post hands over what is to be told by e-mail, and Told says what became of it; no Post where nothing can be sealed.
	Post     Post
	Told     Told
	Switches area.Switches
	// Shelf keeps documents of accounts; nil where there is no place for them.
	Shelf Shelf
	// BaseURL is the address under which people reach the site, without a trailing slash.
	BaseURL string
}

// Drafts knows the drafts that were begun and not sent; submission.Desk does.
type Drafts interface {
	Until(ctx context.Context, t submission.Token) (time.Time, error)
}

// Tracking finds what somebody follows by a number and the code that belongs to it; tracking.Store does.
type Tracking interface {
	Check(ctx context.Context, n tracking.Number, code seal.Code) error
	Status(ctx context.Context, n tracking.Number, code seal.Code) (tracking.Status, error)
}

type handlers struct {
	site *web.Site
	Deps
	limits *limits
}

// Area is the pages of the cabinet.
func Area(d Deps) area.Area {
	a := area.Area{
		Name: "cabinet", Path: "/cabinet", Files: files, Personal: true, Words: []fs.FS{account.Words, own.Words},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Deps: d, limits: newLimits(site)}
			return h.routes()
		},
	}
	if d.Accounts != nil {
		a.Nav = []area.Link{{Order: 60, Href: "/cabinet", Key: "nav.cabinet"}}
	}
	return a
}

// routes lists the pages: those of anybody, and those of whoever has an account open.
func (h *handlers) routes() []area.Route {
	anybody, owner, keeper := h.anybody, h.owner, h.keeper
	return []area.Route{
		area.GET("", anybody(h.matters)),
		area.GET("/sign-in", anybody(h.signIn)),
		area.POST("/sign-in", anybody(h.signInPost)),
		area.GET("/sign-in/code", h.waiter(h.signInCode)),
		area.POST("/sign-in/code", h.waiter(h.signInCodePost)),
		area.GET("/register", anybody(h.register)),
		area.POST("/register", anybody(h.registerPost)),
		area.GET("/recover", anybody(h.recover)),
		area.POST("/recover", anybody(h.recoverPost)),
		area.GET("/forgotten", anybody(h.forgotten)),
		area.POST("/sign-out", anybody(h.signOut)),
		area.GET("/keep", anybody(h.keep)),
		area.POST("/keep", owner(h.keepPost)),
		area.POST("/keep/begin", anybody(h.keepBegin)),
		area.POST("/keep/drop", anybody(h.keepDrop)),
		area.GET("/matters/:id", owner(h.open)),
		area.GET("/matters/:id/remove", owner(h.remove)),
		area.POST("/matters/:id/remove", owner(h.removePost)),
		area.GET("/drafts/:id", owner(h.draft)),
		area.GET("/documents", keeper(h.documents)),
		area.POST("/documents", keeper(h.documentsPost)),
		area.GET("/documents/pick", keeper(h.pick)),
		area.POST("/documents/pick", keeper(h.pickPost)),
		area.GET("/documents/:id", keeper(h.document)),
		area.POST("/documents/:id", keeper(h.documentPost)),
		area.POST("/documents/:id/versions", keeper(h.versionPost)),
		area.GET("/documents/:id/remove", keeper(h.documentRemove)),
		area.POST("/documents/:id/remove", keeper(h.documentRemovePost)),
		area.GET("/files/:id", keeper(h.file)),
		area.POST("/files/:id/remove", keeper(h.fileRemove)),
		area.GET("/files/:id/share", keeper(h.share)),
		area.POST("/files/:id/share", keeper(h.sharePost)),
		area.POST("/shares/:id/end", keeper(h.shareEnd)),
		area.GET("/shared/:word", h.openly(h.shared)),
		area.POST("/shared/:word", h.openly(h.sharedPost)),
		area.GET("/applicants", owner(h.applicants)),
		area.GET("/applicants/new", owner(h.applicantNew)),
		area.POST("/applicants/new", owner(h.applicantNewPost)),
		area.GET("/applicants/pick", owner(h.applicantsPick)),
		area.GET("/applicants/:id", owner(h.applicant)),
		area.POST("/applicants/:id", owner(h.applicantPost)),
		area.GET("/applicants/:id/remove", owner(h.applicantRemove)),
		area.POST("/applicants/:id/remove", owner(h.applicantRemovePost)),
		area.GET("/told", owner(h.told)),
		area.POST("/told", owner(h.toldPost)),
		area.POST("/told/proof", owner(h.toldProof)),
		area.POST("/told/letter", owner(h.toldLetter)),
		area.POST("/told/off", owner(h.toldOff)),
		area.GET("/told/stop/:word", anybody(h.stop)),
		area.POST("/told/stop/:word", anybody(h.stopPost)),
		area.GET("/account", owner(h.account)),
		area.GET("/account/password", owner(h.password)),
		area.POST("/account/password", owner(h.passwordPost)),
		area.GET("/account/recovery", owner(h.recovery)),
		area.POST("/account/recovery", owner(h.recoveryPost)),
		area.GET("/account/codes", owner(h.codes)),
		area.POST("/account/codes", owner(h.codesPost)),
		area.GET("/account/codes/off", owner(h.codesOff)),
		area.POST("/account/codes/off", owner(h.codesOffPost)),
		area.GET("/sign-in/passkey", anybody(h.passkey)),
		area.POST("/sign-in/passkey", anybody(h.passkeyPost)),
		area.GET("/account/passkey", owner(h.newPasskey)),
		area.POST("/account/passkey", owner(h.newPasskeyPost)),
		area.POST("/account/passkey/add", owner(h.addPasskey)),
		area.POST("/account/passkeys/:id/remove", owner(h.removePasskey)),
		area.POST("/account/sessions/:id/end", owner(h.endSession)),
		area.POST("/account/sessions/end-others", owner(h.endOthers)),
		area.GET("/account/everything.json", owner(h.everythingJSON)),
		area.GET("/account/everything.html", owner(h.everythingHTML)),
		area.GET("/account/everything.zip", owner(h.everythingZIP)),
		area.GET("/account/erase", owner(h.erase)),
		area.POST("/account/erase", owner(h.erasePost)),
	}
}

// anybody closes a page where there are no accounts.
func (h *handlers) anybody(page web.Handler) web.Handler {
	return func(c *gin.Context) error {
		if h.Accounts == nil {
			return fault.New(fault.NotFound, "cabinet.closed")
		}
		return page(c)
	}
}

// ownerPage is a page of an account that is open.
type ownerPage func(c *gin.Context, h account.Holder) error

// owner opens the account for a page; whoever has none open is asked to sign in.
func (h *handlers) owner(page ownerPage) web.Handler {
	return h.anybody(func(c *gin.Context) error {
		holder, open, err := h.holder(c)
		if err != nil {
			return err
		}
		if !open {
			return h.askToSignIn(c)
		}
		return page(c, holder)
	})
}

// keeper opens the account for a page about its documents; there is none where they have no place.
func (h *handlers) keeper(page ownerPage) web.Handler {
	return h.owner(func(c *gin.Context, holder account.Holder) error {
		if h.Shelf == nil {
			return fault.New(fault.NotFound, "cabinet.documents_closed")
		}
		return page(c, holder)
	})
}

// own is what all pages of an open account have in common.
func (h *handlers) own(c *gin.Context, p *web.Page, trail ...ui.Link) {
	p.NoIndex = true
	p.Breadcrumbs = append([]ui.Link{{Href: "/", Text: h.site.T(c, "common.home")}, {Href: "/cabinet", Text: h.site.T(c, "cabinet.title")}}, trail...)
}

// outside is what the pages before signing in have in common.
func (h *handlers) outside(c *gin.Context, p *web.Page) {
	p.NoIndex, p.ShowsForms = true, false
	p.Breadcrumbs = []ui.Link{{Href: "/", Text: h.site.T(c, "common.home")}, {Href: "/cabinet", Text: h.site.T(c, "cabinet.title")}}
}

// id reads the parameter of an address.
func id(c *gin.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return id, fault.New(fault.NotFound, "account.not_there")
	}
	return id, nil
}

// secret is a field as it was typed, spaces and all.
func secret(form *web.Form, name string) string {
	if values := form.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

// forgetSecrets empties the fields that no page shows again.
func forgetSecrets(form *web.Form) {
	for _, name := range []string{"password", "again", "present", "code"} {
		form.Set(name)
	}
}

// waits says whether something is about to be saved as soon as the account is open.
func (h *handlers) waits(c *gin.Context) bool {
	_, ok := slip.ToKeep.Of(h.site, c)
	return ok
}
