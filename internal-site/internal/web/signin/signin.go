// Package signin is the area of signing in and out and of one's own account: password, second factors, open sessions. It
// may import internal/access, internal/org, shared and the packages beside it; it knows no SQL.
package signin

import (
	"context"
	"embed"
	"io/fs"
	"net/netip"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/provider"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Path is the page for signing in.
const Path = "/sign-in"

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Users Users
	// Provider is where people may sign in with OpenID Connect; nil: nowhere.
	Provider Provider
	Orgs     Organisations
	// Keeps says whether a form that was sent to path is carried through the sign-in page.
	Keeps func(path string) bool
	// Pages lists the pages with which somebody may begin; nil: none but the first.
	Pages func(c *gin.Context, actor access.Actor) []ui.NavItem
}

// Users keeps accounts and their sessions; access.Store does.
type Users interface {
	SignIn(ctx context.Context, a access.Attempt) (access.User, error)
	SignOut(ctx context.Context, tokenHash []byte) error
	SignOutOne(ctx context.Context, actor access.Actor, tokenHash []byte) error
	SignOutElsewhere(ctx context.Context, actor access.Actor, tokenHash []byte) error
	Sessions(ctx context.Context, user uuid.UUID, current []byte) ([]access.OpenSession, error)
	SessionOwner(ctx context.Context, tokenHash []byte) (uuid.UUID, error)
	ChangeOwnPassword(ctx context.Context, actor access.Actor, present, password string, tokenHash []byte) error
	SaveSettings(ctx context.Context, actor access.Actor, is access.Settings, language locale.Lang) error
	Factors
	Passkeys
	Identities
}

// Factors keeps the second factors of accounts; access.Store does.
type Factors interface {
	GiveCode(ctx context.Context, step access.SecondStep) (access.User, error)
	OffersCodes() bool
	Factors(ctx context.Context, actor access.Actor, user uuid.UUID) (factors []access.Factor, recovery int, err error)
	TakenFactors(ctx context.Context, actor access.Actor) ([]access.TakenFactor, error)
	PrepareCode(actor access.Actor, issuer string) (access.Enrolment, error)
	ShownCode(actor access.Actor, sealed, issuer string) (access.Enrolment, error)
	ConfirmCode(ctx context.Context, actor access.Actor, n access.NewCode, by access.Confirmation) (recovery []string, err error)
	RemoveFactor(ctx context.Context, actor access.Actor, factor uuid.UUID, by access.Confirmation) error
	RenewRecovery(ctx context.Context, actor access.Actor, by access.Confirmation) ([]string, error)
}

// Passkeys asks browsers for passkeys and judges what they sign; access.Store does.
type Passkeys interface {
	OffersPasskeys() bool
	HasPasskeys(ctx context.Context, user uuid.UUID) (bool, error)
	PreparePasskey(ctx context.Context, actor access.Actor, name string, address netip.Addr, by access.Confirmation) (access.Ceremony, error)
	ConfirmPasskey(ctx context.Context, actor access.Actor, token, answer string, session []byte) (recovery []string, err error)
	AskPasskey(ctx context.Context, waiting []byte, address netip.Addr) (access.Ceremony, error)
	AskAnyPasskey(ctx context.Context, address netip.Addr) (access.Ceremony, error)
	GivePasskey(ctx context.Context, step access.PasskeyStep) (access.User, error)
}

// Provider asks an OpenID Connect provider who somebody is; provider.Provider does.
type Provider interface {
	Name() locale.Text
	Issuer() string
	Begin(ctx context.Context) (pass provider.Pass, address string, err error)
	Finish(ctx context.Context, pass provider.Pass, is provider.Answer) (access.Identity, error)
	SignOut(ctx context.Context) (string, error)
}

// Identities ties accounts to whom a provider knows; access.Store does.
type Identities interface {
	Session(ctx context.Context, tokenHash []byte) (access.User, error)
	KeepPass(ctx context.Context, owner uuid.UUID, address netip.Addr, pass any) (token string, err error)
	TakePass(ctx context.Context, token string, into any) (owner uuid.UUID, err error)
	SignInByProvider(ctx context.Context, step access.ProviderStep) (access.User, error)
	ConfirmLink(ctx context.Context, actor access.Actor, by access.Confirmation) error
	Link(ctx context.Context, actor access.Actor, is access.Identity) error
	Linked(ctx context.Context, user uuid.UUID, issuer string) (bool, error)
	Unlink(ctx context.Context, actor access.Actor, user uuid.UUID) error
}

// Organisations names centres and authorities.
type Organisations interface {
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is signing in and out and one's own account.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "signin", Files: files, Words: []fs.FS{access.Words},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			return []area.Route{
				area.GET(Path, area.Anyone(), h.signIn),
				area.POST(Path, area.Anyone(), h.signInPost),
				area.GET(alonePath, area.Anyone(), h.passkeyPage),
				area.POST(alonePath, area.Anyone(), h.passkeyAlone),
				area.GET(providerPath, area.Anyone(), h.providerBegin),
				area.GET(providerDone, area.Anyone(), h.providerDone),
				area.GET(providerOut, area.Anyone(), h.providerOut),
				area.POST("/sign-out", area.SignedIn(), h.signOut),
				area.GET("/account", area.SignedIn(), h.account),
				area.GET(linkPath, area.SignedIn(), h.providerLink),
				area.POST(linkPath, area.SignedIn(), h.providerLinkPost),
				area.POST(linkPath+"/unlink", area.SignedIn(), h.providerUnlink),
				area.POST("/account/sign-out-one", area.SignedIn(), h.signOutOne),
				area.POST("/account/sign-out-elsewhere", area.SignedIn(), h.signOutElsewhere),
				area.GET(settingsPath, area.SignedIn(), h.settings),
				area.POST(settingsPath, area.SignedIn(), h.settingsPost),
				area.GET(session.PasswordPath, area.SignedIn(), h.password),
				area.POST(session.PasswordPath, area.SignedIn(), h.passwordPost),
				area.GET(session.FactorPath, area.SignedIn(), h.second),
				area.POST(session.FactorPath, area.SignedIn(), h.secondPost),
				area.POST(confirmPath, area.SignedIn(), h.passkeySecond),
				area.GET(session.EnrolPath, area.SignedIn(), h.factors),
				area.GET(session.EnrolPath+"/code", area.SignedIn(), h.factorCode),
				area.POST(session.EnrolPath+"/code", area.SignedIn(), h.factorCodePost),
				area.GET(addKeyPath, area.SignedIn(), h.factorPasskey),
				area.POST(addKeyPath, area.SignedIn(), h.factorPasskeyPost),
				area.GET(session.EnrolPath+"/recovery", area.SignedIn(), h.recovery),
				area.POST(session.EnrolPath+"/recovery", area.SignedIn(), h.recoveryPost),
				area.GET(session.EnrolPath+"/:id/remove", area.SignedIn(), h.factorRemove),
				area.POST(session.EnrolPath+"/:id/remove", area.SignedIn(), h.factorRemovePost),
			}
		},
	}
}
